"""What a person can do about a failure, where we know it."""

from __future__ import annotations

import errno
import os
import sys
from difflib import get_close_matches
from importlib.metadata import packages_distributions
from pathlib import Path

from fapi_runner.child.exhaustion import find_exhaustion_hint
from fapi_runner.validate.packages import find_distribution

# Read once, before the fork: the names that `import` can find in the curated layer.
INSTALLED = sorted(name for name in packages_distributions() if not name.startswith("_"))
FORK_HINT = (
    "No program can be started here, so processes are made by fork alone: use multiprocessing.get_context('fork'), "
    "for a ProcessPoolExecutor as its mp_context."
)
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
    if _is_missing_worker(error):
        return FORK_HINT
    if isinstance(error, RecursionError):
        return "A function calls itself without an end."
    if isinstance(error, MemoryError):
        return "All that the app holds at the same time counts: load less at once."
    if hint := find_exhaustion_hint(error):
        return hint
    if name := _find_missing_variable(error):
        return f"Add the variable {name} to the app's environment, or read it with os.environ.get()."
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return "Open no port yourself: the runner brings the app's address."
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return "What is deployed is read-only: write to a file or folder that the project does not bring itself."
    if isinstance(error, FileNotFoundError):
        return "Relative paths start in the app's own folder; check the name and its case."
    return None


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


def _find_missing_variable(error: BaseException) -> str | None:
    if not isinstance(error, KeyError) or not error.args or not isinstance(error.args[0], str):
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    is_lookup = trace is not None and trace.tb_frame.f_code is type(os.environ).__getitem__.__code__
    return error.args[0] if is_lookup else None


def explain_missing_module(name: str, modules: list[str]) -> str:
    """Say where a module that cannot be found may be, or how to have it."""
    if alternative := find_alternative(name, modules):
        return alternative
    if name.partition(".")[0] in sys.stdlib_module_names:
        return "It belongs to Python, and is not there on this system or in this version."
    return (
        f"{name!r} is no file of the project and not installed here: whoever runs the portal can "
        f"add the package {find_distribution(name)!r} to what all apps have."
    )


def find_alternative(name: str, modules: list[str]) -> str | None:
    """Return the sentence that names what was probably meant."""
    last = name.rpartition(".")[2]
    for module in modules:
        if module.rpartition(".")[2].lower() == last.lower():
            return f"The project has {module!r}: import it by that name."
    close = get_close_matches(name, [*modules, *INSTALLED], n=1, cutoff=0.75)
    return f"Did you mean {close[0]!r}?" if close else None
