import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Controller } from '../packages/runner-controller/src/controller.ts';
import { openProcessHouse, type ProcessHouse } from '../packages/runner-controller/src/test-parts/process-house.ts';
import { until } from '../packages/runner-controller/src/test-parts/until.ts';
import { openWishes, startController, type Wishes } from '../packages/runner-controller/src/test-parts/wishes.ts';

let house: ProcessHouse;
let wishes: Wishes;
let controller: Controller;
beforeAll(async () => {
  house = await openProcessHouse();
  wishes = openWishes(house);
  controller = startController(wishes.bus, house.runtime);
});
afterAll(async () => {
  await controller?.close();
  await wishes?.stop();
  await house?.close();
});

/** As slow as an agent lets it be: a guest who never leaves, a shutdown without an end, a start of some seconds. */
const makeSlow = (word: string): string => `import asyncio
import time
from contextlib import asynccontextmanager
from fastapi import FastAPI
from fastapi.responses import StreamingResponse


@asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(5)
    yield
    time.sleep(600)


app = FastAPI(lifespan=lifespan)


async def go_on():
    while True:
        yield b"on and on"
        await asyncio.sleep(0.5)


@app.get("/")
def read_root() -> dict[str, str]:
    return {"word": "${word}"}


@app.get("/stream")
def stream() -> StreamingResponse:
    return StreamingResponse(go_on())
`;
const exclusive = { settings: { exclusive: true, idleFreezeS: null, idleStopS: null } };

it('an exclusive app is deployed however long its former guests and its former shutdown take', async () => {
  await wishes.live('a', 1, makeSlow('one'), exclusive);
  const port = house.runtime.gatewayPort;
  const guest = request({ host: '127.0.0.1', port, path: '/stream', headers: { host: `a.localhost:${port}` } }, (answer) => answer.on('error', () => undefined).resume());
  await new Promise((resolve) => guest.on('error', () => undefined).once('response', resolve).end());
  await wishes.deploy('a', 2, makeSlow('two'), exclusive);
  const ended = await until(() => wishes.heard('a').find((status) => status.generation === 2 && status.phase !== 'working'), Boolean, 150_000);
  expect(ended).toMatchObject({ phase: 'live', serving: { generation: 2 } });
  expect((await house.visit('a')).body.word).toBe('two');
}, 200_000);
