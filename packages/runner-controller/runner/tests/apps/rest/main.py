import asyncio
import os
import secrets
import socket

from fastapi import FastAPI, WebSocket
from fastapi.responses import StreamingResponse

app = FastAPI()
held = []
BORN = secrets.token_hex(4)  # its number may be that of any other in namespaces of its own


@app.get("/")
def read_root():
    return BORN


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
async def connect():
    # To itself, by a name in its folder: the one kind of connection that no layer forbids.
    door, own = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    door.bind("door")
    door.listen()
    own.connect("door")
    held.extend((door, own))
