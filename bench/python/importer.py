"""How long an app's own import takes where FastAPI is imported already: reads folders, answers milliseconds.

Each is imported in a fresh fork, as the runner does it, and nothing else is done there.
"""

from __future__ import annotations

import importlib
import os
import sys
import time

import fastapi  # noqa: F401
import uvicorn  # noqa: F401


def time_import(folder: str) -> None:
    sys.path.insert(0, folder)
    started = time.perf_counter()
    importlib.import_module("main")
    os.write(1, f"{(time.perf_counter() - started) * 1000:.3f}\n".encode())


for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        try:
            time_import(line.strip())
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
