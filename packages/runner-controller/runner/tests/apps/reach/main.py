import asyncio
import socket
import urllib.request

import httpx
import uvloop
from fastapi import FastAPI

app = FastAPI()


def tell(error):
    return {"error": type(error).__name__, "text": str(error)}


@app.get("/asyncio")
async def by_asyncio(host: str, port: int, text: str = "hello", resolver: str = "loop"):
    try:
        async with asyncio.timeout(15):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(text.encode())
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            return {"answer": answer.decode(), "loop": type(asyncio.get_running_loop()).__module__}
    except (OSError, TimeoutError) as error:
        return tell(error)


@app.get("/httpx")
async def by_httpx(host: str, port: int):
    try:
        async with httpx.AsyncClient() as http:
            return {"answer": (await http.get(f"http://{host}:{port}/")).text}
    except httpx.HTTPError as error:
        return tell(error)


@app.get("/urllib")
def by_urllib(host: str, port: int):
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/", timeout=15) as answer:
            return {"answer": answer.read().decode()}
    except OSError as error:
        return tell(error)


@app.get("/plain-loop")
def by_a_loop_of_its_own(host: str, port: int):
    return {"answer": asyncio.run(by_asyncio(host, port))["answer"], "uvloop": uvloop.__name__}


@app.get("/bytes")
async def count_bytes(host: str, port: int, count: int):
    """Send so many bytes, end sending, and count what comes back, slowly at first."""
    reader, writer = await asyncio.open_connection(host, port)

    async def send():
        for _ in range(count // 65536):
            writer.write(b"x" * 65536)
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    await asyncio.sleep(0.3)
    got = 0
    while data := await reader.read(1 << 16):
        got += len(data)
    await sending
    writer.close()
    return got


@app.get("/many")
async def hold_many(host: str, port: int, count: int, wait_s: float = 0):
    """Open so many connections at once, keep them for a while, and say how many of them answered."""

    async def ask():
        try:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"x")
            held.append(writer)
            return await reader.read(1) == b"x"
        except OSError:
            return False

    held = []
    answered = sum(await asyncio.gather(*(ask() for _ in range(count))))
    await asyncio.sleep(wait_s)
    for writer in held:
        writer.close()
    return answered


kept = []


@app.get("/keep")
def keep(host: str, port: int):
    kept.append(socket.create_connection((host, port), 5))


@app.get("/drop")
def drop():
    while kept:
        kept.pop().close()
