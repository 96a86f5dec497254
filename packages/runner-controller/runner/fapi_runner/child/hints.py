"""What a person can do about a failure, where we know it."""

from __future__ import annotations

import errno
import os
from difflib import get_close_matches
from pathlib import Path

from fapi_runner.child.exhaustion import find_exhaustion_hint
from fapi_runner.validate.missing import explain_missing_module

FORK_HINT = (
    "No program can be started here, so processes are made by fork alone: use multiprocessing.get_context('fork'), "
    "for a ProcessPoolExecutor as its mp_context."
)
IMPORT_SYSTEM = "<frozen importlib._bootstrap>"
# Of the ways to start processes, those that run Python anew.
STARTING = tuple(f"multiprocessing/{name}.py" for name in ("forkserver", "popen_spawn_posix", "resource_tracker"))


def list_modules(code: Path) -> list[str]:
    """Return the project's modules by their dotted names."""
    paths = (path.relative_to(code).with_suffix("") for path in sorted(code.rglob("*.py")))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def find_hint(error: BaseException, code: Path) -> str | None:
    """Return one sentence of advice, or None."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return explain_missing_module(error.name, list_modules(code))
    if isinstance(error, ImportError) and "circular import" in (error.msg or ""):
        return "Two files import each other: move what both need into a third file."
    if isinstance(error, KeyError) and _find_origin(error) == IMPORT_SYSTEM:
        return "Leave sys.modules alone: a module that is being imported was taken out of it."
    if _is_missing_worker(error):
        return FORK_HINT
    if isinstance(error, RecursionError):
        return "A function calls itself without ever ending."
    if isinstance(error, MemoryError):
        return "Everything the app holds at the same time counts: load less at once."
    if hint := find_exhaustion_hint(error):
        return hint
    if name := find_missing_variable(error):
        meant = _find_variable_like(name)
        return f"{meant}Add the variable {name} in the app's settings, or read it with os.environ.get()."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "Do not open a port yourself: the runner gives the app its address."
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return "Deployed files are read-only: write to a file or folder that is not part of the project."
    if isinstance(error, FileNotFoundError):
        return "Relative paths start in the app's own folder; check the name and its case."
    return None


def _find_variable_like(name: str) -> str:
    close = get_close_matches(name, os.environ, n=1, cutoff=0.75)
    return f"Did you mean {close[0]}, which is set? " if close else ""


def _is_missing_worker(error: BaseException) -> bool:
    """Say whether processes were to be started in a way that needs a program."""
    if type(error).__name__ == "BrokenProcessPool":
        return True
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(STARTING):
            return True
        trace = trace.tb_next
    return False


def _find_origin(error: BaseException) -> str:
    """Return the file whose code raised the error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename if trace is not None else ""


def find_missing_variable(error: BaseException) -> str | None:
    """Return the name of the variable that the error says is not set, where it is of one."""
    if not isinstance(error, KeyError) or not error.args or not isinstance(error.args[0], str):
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    is_lookup = trace is not None and trace.tb_frame.f_code is type(os.environ).__getitem__.__code__
    return error.args[0] if is_lookup else None
