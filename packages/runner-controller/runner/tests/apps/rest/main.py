import asyncio
import os
import socket

from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse

app = FastAPI()
held = []


@app.get("/")
def read_root():
    return os.getpid()


@app.get("/events")
async def events():
    async def lines():
        while not os.path.exists("done"):
            yield "data: tick\n\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(lines(), media_type="text/event-stream")


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await ws.accept()
    while True:
        await ws.send_text("echo " + await ws.receive_text())


@app.get("/connect")
async def connect(port: int):
    held.append(socket.create_connection(("127.0.0.1", port)))
