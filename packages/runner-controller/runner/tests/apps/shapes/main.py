import asyncio
import hashlib

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse

app = FastAPI()
VERSION = "WORD"
PARTS = 8


@app.get("/")
async def read_root():
    return VERSION


@app.get("/slow")
async def slow():
    await asyncio.sleep(0.15)
    return VERSION


@app.post("/upload")
async def upload(request: Request):
    digest = hashlib.sha256()
    async for chunk in request.stream():
        digest.update(chunk)
    return digest.hexdigest()


@app.get("/stream")
async def stream():
    async def parts():
        for number in range(PARTS):
            yield f"{number},"
            await asyncio.sleep(0.02)

    return StreamingResponse(parts())


@app.get("/events")
async def events():
    async def parts():
        for number in range(PARTS):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.02)

    return StreamingResponse(parts(), media_type="text/event-stream")


@app.websocket("/ws")
async def echo(socket: WebSocket):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text("echo " + text)
