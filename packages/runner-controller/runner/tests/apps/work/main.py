import asyncio
import os
import socket
import sqlite3
import subprocess
from contextlib import asynccontextmanager

from fastapi import FastAPI

held = []


@asynccontextmanager
async def lifespan(app):
    poller = asyncio.create_task(asyncio.sleep(3600))
    print("started")
    yield
    poller.cancel()
    print("shut down")


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root():
    return os.getpid()


@app.get("/connect")
async def connect(port: int):
    held.append(socket.create_connection(("127.0.0.1", port)))


@app.get("/spawn")
async def spawn():
    held.append(subprocess.Popen(["sleep", "60"]))


@app.get("/task")
async def begin_task():
    held.append(asyncio.create_task(asyncio.sleep(3600)))


@app.get("/lock")
async def lock():
    held.append(sqlite3.connect("locked.db", isolation_level=None))
    held[-1].execute("begin exclusive")


@app.get("/free")
async def free():
    for thing in held:
        thing.kill() if isinstance(thing, subprocess.Popen) else thing.close() if hasattr(thing, "close") else thing.cancel()
        if isinstance(thing, subprocess.Popen):
            thing.wait()
    held.clear()


@app.get("/exit")
async def leave():
    os._exit(7)


@app.get("/block")
async def block(seconds: float):
    import time

    time.sleep(seconds)
    return "free"
