"""The names of new files and of what is imported from them: none that the project or Python has already."""

from __future__ import annotations

import ast

from fapi_runner.convert.kinds import Rank
from fapi_runner.convert.places import COMMON
from fapi_runner.convert.reading import Module
from fapi_runner.convert.refusal import RefusedError
from fapi_runner.validate.layer import find_owner

CHOICES = {
    Rank.MODELS: ("models", "app_models", "main_models"),
    Rank.SCHEMAS: ("schemas", "app_schemas", "main_schemas"),
    Rank.STATE: ("state", "app_state", "main_state"),
    Rank.DEPENDENCIES: ("dependencies", "app_dependencies", "main_dependencies"),
    Rank.ROUTERS: ("routers", "app_routers", "main_routers"),
}
FOLDERS = (Rank.MODELS, Rank.SCHEMAS, Rank.ROUTERS)


class Homes:
    """Names for files, one for each layer and key."""

    def __init__(self, module: Module, files: list[str], keys: set[str]) -> None:
        self._folders = {rank: _choose(rank, files) for rank in Rank}
        self._common = next(name for name in ("common", "shared", "base", "all_common") if name not in keys)
        self._spoken = _list_spoken(module)
        self._made: set[str] = set()

    def module_of(self, home: tuple[Rank, str]) -> str:
        """Return the dotted name of a file."""
        rank, key = home
        if rank not in FOLDERS:
            return self._folders[rank]
        return f"{self._folders[rank]}.{self._common if key == COMMON else key}"

    def file_of(self, home: tuple[Rank, str]) -> str:
        """Return the path of a file."""
        return self.module_of(home).replace(".", "/") + ".py"

    def list_packages(self, homes: list[tuple[Rank, str]]) -> list[str]:
        """Return the paths of the files that make packages of folders."""
        return sorted({f"{self._folders[rank]}/__init__.py" for rank, _ in homes if rank in FOLDERS})

    def make_name(self, wished: str) -> str:
        """Return a name that main.py has nowhere, and that was not given before."""
        name, count = wished, 2
        while name in self._spoken or name in self._made:
            name, count = f"{wished}_{count}", count + 1
        self._made.add(name)
        return name

    def find_free(self, wished: str) -> str:
        """Return a name that main.py has nowhere; in different files it may be the same."""
        name, count = wished, 2
        while name in self._spoken:
            name, count = f"{wished}_{count}", count + 1
        return name


def _choose(rank: Rank, files: list[str]) -> str:
    taken = {file.partition("/")[0].removesuffix(".py").lower() for file in files}
    for name in CHOICES[rank]:
        if name not in taken and find_owner(name) is None:
            return name
    raise RefusedError(f"There is something called {CHOICES[rank][0]!r} in this project already.")


def _list_spoken(module: Module) -> set[str]:
    """Return every name in main.py, whatever it stands for."""
    spoken: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name):
            spoken.add(node.id)
        elif isinstance(node, ast.arg):
            spoken.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            spoken.add(node.name)
        elif isinstance(node, ast.alias):
            spoken.add(node.asname or node.name.partition(".")[0])
    return spoken
