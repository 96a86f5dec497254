import asyncio
import os
import secrets
import signal
import socket
import sqlite3
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI

held = []
BORN = secrets.token_hex(4)  # its number may be that of any other in namespaces of its own


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
    return BORN


@app.get("/connect")
async def connect():
    # To itself, by a name in its folder: the one kind of connection that no layer forbids.
    door, own = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    door.bind("door")
    door.listen()
    own.connect("door")
    held.extend((door, own))


@app.get("/spawn")
async def spawn():
    if (child := os.fork()) == 0:
        time.sleep(60)
        os._exit(0)
    held.append(child)


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
        if isinstance(thing, int):
            os.kill(thing, signal.SIGKILL)
            os.waitpid(thing, 0)
        elif hasattr(thing, "close"):
            thing.close()
        else:
            thing.cancel()
    held.clear()


@app.get("/exit")
async def leave():
    os._exit(7)


@app.get("/block")
async def block(seconds: float):
    time.sleep(seconds)
    return "free"
