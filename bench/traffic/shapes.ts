import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { AppFile } from '@fapi/sdk/contract';
import type { Address } from '../parts/ask.ts';
import { send } from './send.ts';
import { echoWords } from './web-socket.ts';

/** One way in which people use an app, with what counts as a whole answer. */
export interface Shape {
  what: string;
  guests: number;
  /** Makes a guest: each call is one visit, and rejects when it failed. */
  makeGuest(address: Address): () => Promise<void>;
}

const paceMs = 20;
const parts = Array.from({ length: 10 }, (_, number) => `${number}\n`);
const pieces = Array.from({ length: 8 }, () => 'x'.repeat(32_768));

async function expectBody(sent: Promise<string>, whole: string): Promise<void> {
  const body = await sent;
  if (body !== whole) throw new Error(`${body.length} of ${whole.length} bytes came`);
}

export const shapes = {
  keepalive: { what: 'one request after the other over a kept connection', guests: 4, makeGuest: (address) => visitWord(address, new Agent({ keepAlive: true, maxSockets: 1 })) },
  close: { what: 'a connection for each request', guests: 4, makeGuest: (address) => visitWord(address) },
  paced: { what: `a request each ${paceMs} ms over a kept connection`, guests: 8, makeGuest(address) {
    const visit = visitWord(address, new Agent({ keepAlive: true, maxSockets: 1 }));
    return () => visit().finally(() => pause(paceMs));
  } },
  slow: { what: 'answers that take 300 ms', guests: 4, makeGuest(address) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return () => expectBody(send(address, { path: '/slow', agent }), '"slow"');
  } },
  stream: { what: 'streams of 10 parts over 300 ms', guests: 4, makeGuest: (address) => () => expectBody(send(address, { path: '/stream' }), parts.join('')) },
  upload: { what: 'bodies of 256 KiB in 8 pieces over 80 ms', guests: 4, makeGuest: (address) => () => expectBody(send(address, { path: '/upload', pieces, pauseMs: 10 }), String(8 * 32_768)) },
  sse: { what: '10 server-sent events over 300 ms', guests: 4, makeGuest: (address) => () => expectBody(send(address, { path: '/events' }), parts.map((part) => `data: ${part}\n`).join('')) },
  websocket: { what: '5 echoes over 100 ms', guests: 4, makeGuest: (address) => () => echoWords(address, '/echo', ['one', 'two', 'three', 'four', 'five'], paceMs) },
} as const satisfies Record<string, Shape>;

function visitWord(address: Address, agent?: Agent): () => Promise<void> {
  return async () => {
    if (!(await send(address, { path: '/word', ...(agent ? { agent } : {}) })).startsWith('"word ')) throw new Error('an answer was not whole');
  };
}

/** An app that can be used in all these ways. */
export const makeShapedApp = (word: string): AppFile[] => [{ path: 'main.py', content: `import asyncio

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

app = FastAPI()


@app.get("/word")
async def read_word() -> str:
    return "${word}"


@app.get("/slow")
async def slow() -> str:
    await asyncio.sleep(0.3)
    return "slow"


async def count(form: str):
    for number in range(10):
        yield form.format(number)
        await asyncio.sleep(0.03)


@app.get("/stream")
async def stream() -> StreamingResponse:
    return StreamingResponse(count("{}\\n"), media_type="text/plain")


@app.get("/events")
async def events() -> StreamingResponse:
    return StreamingResponse(count("data: {}\\n\\n"), media_type="text/event-stream")


@app.post("/upload")
async def upload(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
` }];
