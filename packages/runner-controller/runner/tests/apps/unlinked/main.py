import ctypes
import mmap
import os
import signal
import platform
import socket
import threading
import time

from fastapi import FastAPI

app = FastAPI()
held = []
EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]  # of one thread alone
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]


def write(mebibytes):
    fd = os.open("part", os.O_RDWR | os.O_CREAT | os.O_EXCL)
    os.unlink("part")
    held.append(fd)
    for _ in range(mebibytes):
        os.write(fd, bytes(1 << 20))
    return fd


@app.get("/open/{mebibytes}")
def keep_open(mebibytes: int):
    write(mebibytes)


@app.get("/close")
def close():
    for fd in held:
        os.close(fd)


@app.get("/map/{mebibytes}")
def keep_mapped(mebibytes: int):
    fd = write(mebibytes)
    # Not Python's own, which keeps a descriptor.
    place = libc.mmap(None, mebibytes << 20, mmap.PROT_READ, mmap.MAP_SHARED, fd, 0)
    os.close(held.pop())
    return place not in (None, ctypes.c_void_p(-1).value)


@app.get("/send/{mebibytes}")
def keep_in_a_socket(mebibytes: int):
    pair = socket.socketpair()
    socket.send_fds(pair[0], [b"."], [write(mebibytes)])
    os.close(held.pop())
    held.append(pair)


@app.get("/orphan/{mebibytes}")
def leave_to_an_orphan(mebibytes: int):
    ready, done = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            write(mebibytes)
            os.write(done, b".")
            signal.pause()
        os._exit(0)
    os.wait()
    os.read(ready, 1)


@app.get("/headless/{mebibytes}")
def leave_to_a_thread(mebibytes: int):
    ready, done = os.pipe()
    if os.fork() == 0:

        def keep():
            write(mebibytes)
            os.write(done, b".")
            time.sleep(600)

        threading.Thread(target=keep).start()
        libc.syscall(EXIT, 0)
    os.read(ready, 1)


@app.get("/deep/{mebibytes}")
def keep_where_no_path_leads(mebibytes: int):
    top = os.getcwd()
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    write(mebibytes)
    os.chdir(top)
