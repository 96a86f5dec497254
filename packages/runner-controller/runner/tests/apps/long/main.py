import asyncio
import os

from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse

app = FastAPI()
# A request comes to its end when the test writes this file.
DONE = "done"


async def wait():
    while not os.path.exists(DONE):
        await asyncio.sleep(0.01)


@app.get("/slow")
async def slow():
    open("slow-entered", "w").close()
    await wait()
    return "slow"


@app.get("/stream")
async def stream():
    async def parts():
        yield "first,"
        await wait()
        yield "last"

    return StreamingResponse(parts())


@app.websocket("/ws")
async def echo(socket: WebSocket):
    await socket.accept()
    while True:
        await socket.send_text("echo " + await socket.receive_text())
