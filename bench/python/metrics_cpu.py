"""What counting costs: CPU microseconds per request of one child with and without metrics, in turns, in one run.

    PYTHONPATH=packages/runner-controller/runner python bench/python/metrics_cpu.py [rounds]

Prints the figures of every round as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from fastapi import FastAPI

from fapi_runner.child.identity import IdentifiedApp
from fapi_runner.child.serve import Server
from fapi_runner.metrics import MeteredApp, Page, make_page

CONNECTIONS, REQUESTS = 16, 480  # short turns: what else the machine does falls on both
REQUEST = b"GET /items/3 HTTP/1.1\r\nhost: app\r\n\r\n"

hello = FastAPI()


@hello.get("/items/{item_id}")
async def read_item(item_id: int) -> dict[str, int]:
    return {"item_id": item_id}


def serve(app, path: str, is_metered: bool) -> int:
    pid = os.fork()
    if pid:
        return pid
    page = Page(make_page())
    inner = MeteredApp(app, page) if is_metered else app

    async def live() -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)
        await Server(IdentifiedApp(inner, "digest", 1, 1), {}, [], page).accept(listener)
        await asyncio.Event().wait()

    uvloop.run(live())
    os._exit(0)


def read_cpu_ns(pid: int) -> int:
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def load(path: str, requests: int) -> None:
    socks = []
    for _ in range(CONNECTIONS):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(path)
        socks.append(sock)
    for _ in range(requests // CONNECTIONS):
        for sock in socks:
            sock.sendall(REQUEST)
        for sock in socks:
            answer = sock.recv(65536)
            while not answer.endswith(b"}"):
                answer += sock.recv(65536)
    for sock in socks:
        sock.close()


def main() -> None:
    rounds = int(next((word for word in sys.argv[1:] if word.isdigit()), "400"))
    folder = tempfile.mkdtemp()
    paths = {is_metered: f"{folder}/{is_metered}" for is_metered in (False, True)}
    pids = {is_metered: serve(hello, path, is_metered) for is_metered, path in paths.items()}
    try:
        spent = measure(paths, pids, rounds)
    finally:
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)
    sys.stdout.write(json.dumps({"ours": spent[True], "peers": spent[False]}) + "\n")


def measure(paths: dict[bool, str], pids: dict[bool, int], rounds: int) -> dict[bool, list[float]]:
    for path in paths.values():
        warm(path)
    spent: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(rounds):
        for is_metered in (False, True) if turn % 2 else (True, False):
            before = read_cpu_ns(pids[is_metered])
            load(paths[is_metered], REQUESTS)
            spent[is_metered].append((read_cpu_ns(pids[is_metered]) - before) / REQUESTS / 1000)
    return spent


def warm(path: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            return load(path, REQUESTS)
        except OSError:
            if time.monotonic() > deadline:
                raise


if __name__ == "__main__":
    main()
