"""How long an app's own import takes where FastAPI is imported already: reads folders, answers milliseconds.

Each is imported in a fresh fork, as the runner does it, and nothing else is done there.
"""

import gc
import importlib
import os
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


def time_import(folder: str) -> None:
    sys.path.insert(0, folder)
    started = time.perf_counter()
    importlib.import_module("main")
    os.write(1, f"{(time.perf_counter() - started) * 1000:.3f}\n".encode())


warm_up()
gc.collect()
gc.freeze()
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            time_import(line.strip())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
