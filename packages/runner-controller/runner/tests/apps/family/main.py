import ctypes
import mmap
import os
import platform
import socket
import threading
import time

from fastapi import FastAPI

app = FastAPI()
MEBIBYTE = 1 << 20
EXIT = {"x86_64": 60, "aarch64": 93}[platform.machine()]  # of one thread alone
loaded = []


def hold(mebibytes):
    hog = bytearray(mebibytes * MEBIBYTE)
    for page in range(0, len(hog), 4096):
        hog[page] = 1
    time.sleep(60)
    os._exit(len(hog) & 1)


@app.get("/load")
def load(mebibytes: int):
    loaded.append(b"x" * (mebibytes * MEBIBYTE))


@app.get("/idle")
def start_idle(workers: int):
    """Workers that share what their parent has loaded."""
    for _ in range(workers):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)


@app.get("/children")
def start_children(workers: int, mebibytes: int):
    for _ in range(workers):
        if os.fork() == 0:
            hold(mebibytes)


@app.get("/headless")
def start_headless(workers: int, mebibytes: int):
    """Workers whose first thread has ended."""
    for _ in range(workers):
        if os.fork() == 0:
            threading.Thread(target=hold, args=[mebibytes]).start()
            ctypes.CDLL(None).syscall(EXIT, 0)


@app.get("/orphans")
def start_orphans(workers: int, mebibytes: int):
    """Workers whose parent has ended."""
    for _ in range(workers):
        if (pid := os.fork()) == 0:
            if os.fork() == 0:
                hold(mebibytes)
            os._exit(0)
        os.waitpid(pid, 0)


@app.get("/rewrite")
def start_rewriters(workers: int):
    """Workers that have no more than their parent had, and share none of it any more."""
    shared = bytearray(b"x") * (400 * MEBIBYTE)
    for _ in range(workers):
        if os.fork() == 0:
            for page in range(0, len(shared), 4096):
                shared[page] = 2
            time.sleep(60)
            os._exit(0)
    loaded.append(shared)


@app.get("/mapped")
def start_mapped(workers: int):
    """Workers with memory of the kind that two may share."""
    for _ in range(workers):
        if os.fork() == 0:
            shared = mmap.mmap(-1, 400 * MEBIBYTE)
            for page in range(0, len(shared), 4096):
                shared[page] = 1
            time.sleep(60)
            os._exit(0)


@app.get("/sockets")
def start_senders(workers: int):
    """Workers whose words nobody hears."""
    for _ in range(workers):
        if os.fork() == 0:
            kept = [end for _ in range(1500) for end in socket.socketpair()]
            for end in kept:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
                end.setblocking(False)
                try:
                    while True:
                        end.send(bytes(1 << 14))
                except BlockingIOError:
                    pass
            time.sleep(60)
            os._exit(0)


def serve(port):
    """Listen where it may connect to. No port may be chosen, but the kernel chooses one, and another one next time."""
    while True:
        server = socket.socket(socket.AF_INET6)
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.listen()
        if server.getsockname()[1] == port:
            return server
        server.close()


def connect(server):
    """Return both ends of a connection that leads nowhere."""
    sender = socket.create_connection(("::1", server.getsockname()[1]))
    return sender, server.accept()[0]


@app.get("/connections")
def start_connected(workers: int, port: int):
    """Workers with connections to themselves."""
    server = serve(port)
    for _ in range(workers):
        if os.fork() == 0:
            kept = [connect(server) for _ in range(600)]
            time.sleep(60)
            os._exit(len(kept) & 1)


@app.get("/unheard")
def count_unheard(port: int):
    """How much one connection takes of which nothing is read, once much of it was."""
    sender, receiver = connect(serve(port))
    sender.setblocking(False)
    receiver.setblocking(False)
    taken = 0
    for is_read in [True] * 200 + [False]:
        try:
            while True:
                taken += sender.send(bytes(1 << 16))
        except BlockingIOError:
            pass
        try:
            while is_read:
                taken -= len(receiver.recv(1 << 16))
        except BlockingIOError:
            pass
    return taken


@app.get("/tables")
def start_readers(workers: int):
    """Workers with much that is mapped and nothing in it."""
    for _ in range(workers):
        if os.fork() == 0:
            # Pages that are only read are one page of zeros, and each has its entry.
            spread = mmap.mmap(-1, 256 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)
            for place in range(0, len(spread), 2 * MEBIBYTE):
                spread[place]
            time.sleep(60)
            os._exit(0)


@app.get("/hidden")
def hide():
    """Ways to have memory that is not seen."""
    found = []
    try:
        os.close(os.memfd_create("hidden"))
        found.append("memfd_create")
    except OSError:
        pass
    if ctypes.CDLL(None).shmget(0, MEBIBYTE, 0o1600) >= 0:
        found.append("shmget")
    if ctypes.CDLL(None).prctl(41, 0, 0, 0, 0) == 0:
        found.append("huge pages")
    return found
