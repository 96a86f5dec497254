"""What can be imported beside the project: Python's own modules and the installed layer, found without importing."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder
from typing import Literal

from fapi_runner.stack import PACKAGE

RUNNER_FOLDER = str(PACKAGE.parent)
STDLIB = sys.stdlib_module_names
# A project file of such a name breaks the framework itself; of any other installed name only its own imports.
FRAMEWORK = {"fastapi", "starlette", "pydantic", "pydantic_core", "uvicorn", "anyio", "typing_extensions"}

Owner = Literal["built-in", "python", "framework", "runner", "layer"]


def find_owner(module: str) -> Owner | None:
    """Say whose top-level module this is; None when nobody has it."""
    if BuiltinImporter.find_spec(module) or FrozenImporter.find_spec(module):
        return "built-in"
    if module == "fapi_runner":
        return "runner"
    if module in FRAMEWORK:
        return "framework"
    if module in STDLIB:
        return "python"
    spec = _find_spec(module)
    # A folder that merely lies on the path of whoever looks is a part of a namespace: it takes a name from nobody.
    return "layer" if spec is not None and spec.loader is not None else None


@cache
def has_module(module: str) -> bool:
    """Say whether the module can be found; its parents are looked at, never run."""
    if module in sys.modules or BuiltinImporter.find_spec(module) or FrozenImporter.find_spec(module):
        return module.partition(".")[0] != "fapi_runner"
    return _find_spec(module) is not None


@cache
def _find_spec(module: str) -> ModuleSpec | None:
    parent = module.rpartition(".")[0]
    if not parent:
        return PathFinder.find_spec(module, _list_path())
    above = _find_spec(parent)
    if above is None or above.submodule_search_locations is None:
        return None
    return PathFinder.find_spec(module, list(above.submodule_search_locations))


@cache
def _list_path() -> list[str]:
    return [entry for entry in sys.path if entry and os.path.abspath(entry) != RUNNER_FOLDER]
