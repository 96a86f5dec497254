"""How long an app's own import takes where FastAPI is imported already: reads folders, answers milliseconds.

Each is imported in a fresh fork, as the runner does it, and nothing else is done there. With `limited FILES PROCESSES`
it is until one of these limits ends it; only the processor is shared with what it has started by then.
"""

import contextlib
import gc
import importlib
import os
import resource
import signal
import sys
import time

import uvicorn  # noqa: F401
from fastapi import FastAPI
from pydantic import BaseModel, Field


def warm_up() -> None:
    """Make one small app, so that what FastAPI does once in a process is no part of anybody's import."""

    class Item(BaseModel):
        name: str = Field(max_length=80)
        tags: list[str] = []

    def answer(item: Item, limit: int = 10) -> Item:
        return item

    app = FastAPI()
    app.post("/")(answer)
    app.openapi()


def limit(files: int, processes: int) -> None:
    """Have this process fail as an app does; the kernel's own count of processes is of a user, and not for root."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    fork, left = os.fork, processes

    def fork_within() -> int:
        nonlocal left
        left -= 1
        if left < 1:
            raise BlockingIOError
        return fork()

    os.fork = fork_within


def time_import(folder: str) -> None:
    sys.path.insert(0, folder)
    started = time.perf_counter()
    with contextlib.suppress(OSError) if sys.argv[1:] else contextlib.nullcontext():
        importlib.import_module("main")
    os.write(1, f"{(time.perf_counter() - started) * 1000:.3f}\n".encode())


warm_up()
gc.collect()
gc.freeze()
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            if sys.argv[1:2] == ["limited"]:
                limit(*map(int, sys.argv[2:]))
            time_import(line.strip())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
