"""Imports the user's main module the way `python main.py` would find things, with nothing written beside it."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
from starlette.types import ASGIApp

from fapi_runner.child.entrypoint import EntrypointError, find_app
from fapi_runner.stack import PACKAGE
from fapi_runner.validate.entry import EXPECTED

GARBAGE_THRESHOLD = 50_000
KEPT = ("RES_OPTIONS", "PATH", "LANG", "TZ", "MALLOC_ARENA_MAX", "TMPDIR")
RUNNER_FOLDER = str(PACKAGE.parent)


def load_app(code: Path) -> ASGIApp:
    """Import the project's main.py and return its app."""
    if not (code / "main.py").is_file():
        found = ", ".join(sorted(path.name for path in code.iterdir())[:10]) or "nothing"
        raise EntrypointError(f"{EXPECTED}; the project has no main.py, only: {found}.", "Name the main file main.py.")
    sys.dont_write_bytecode = True
    sys.argv = [str(code / "main.py")]
    sys.path = [str(code), *(entry for entry in sys.path if entry not in ("", RUNNER_FOLDER))]
    importlib.invalidate_caches()
    _refuse_own_server()
    # An import makes objects that stay: looking for garbage among them again and again is a twentieth of its time.
    usual = gc.get_threshold()
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        return find_app(importlib.import_module("main"))
    finally:
        gc.set_threshold(*usual)


def use_environment(environment: dict[str, str]) -> None:
    """Make the app's variables the only ones, beside those that every program needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update({"HOME": os.getcwd(), "PYTHONDONTWRITEBYTECODE": "1", **kept, **environment})


def move(former: str, folder: str) -> None:
    """Work in another folder from here on; a draft leaves its throw-away copy this way."""
    os.chdir(folder)
    if os.environ.get("HOME") == former:
        os.environ["HOME"] = folder


def _refuse_own_server() -> None:
    def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
        raise EntrypointError(
            "uvicorn.run() was called while main.py was imported; the runner serves the app itself.",
            'Put it under `if __name__ == "__main__":` or remove it.',
        )

    uvicorn.run = refuse
    uvicorn.main.run = refuse  # type: ignore[attr-defined]
    uvicorn.Server.run = refuse  # type: ignore[method-assign]
