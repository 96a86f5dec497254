import contextlib
import os
import threading

from fastapi import FastAPI

app = FastAPI()
held = []
forever = threading.Event()


@app.get("/")
async def read_root():
    return os.getpid()


@app.get("/memory")
def memory():
    held.append(bytearray(4 << 30))


@app.get("/files")
def files():
    while True:
        held.append(open("/dev/null"))


@app.get("/threads")
def threads():
    while True:
        threading.Thread(target=forever.wait, daemon=True).start()


@app.get("/hold/{count}")
def hold(count: int):
    held.extend(os.open("/dev/null", os.O_RDONLY) for _ in range(count))


@app.get("/eat/{megabytes}")
async def eat(megabytes: int):
    held.append(os.urandom(megabytes << 20))


@app.get("/write/{fd}")
def write(fd: int, kind: str):
    data = b"\0\0\0\2\0\0\0\0{}" * 1000 if kind == "frames" else b"x" * 65536
    while True:
        with contextlib.suppress(BlockingIOError):
            os.write(fd, data)


@app.get("/find/{what}")
def find(what: str):
    fds = [fd for fd in range(3, 64) if os.path.lexists(f"/proc/self/fd/{fd}")]
    return [fd for fd in fds if what in os.readlink(f"/proc/self/fd/{fd}")]
