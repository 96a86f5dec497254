"""What the other files of a project, its tests for example, take from main.py."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fapi_runner.convert.refusal import RefusedError

PATCHED = re.compile(r"\bmain\.([A-Za-z_]\w*)")


@dataclass
class Needs:
    """Names of main.py."""

    # Taken once, with `from main import name`: they must be there, wherever they come from.
    taken: set[str] = field(default_factory=set)
    # Reached as `main.name`, or named in a text that a test may patch: they must be main.py's own. With who does it.
    reached: dict[str, str] = field(default_factory=dict)


def read_needs(files: dict[str, bytes]) -> Needs:
    """Read what Python files other than main.py need of it; raise RefusedError where that cannot be told."""
    needs = Needs()
    for file, data in files.items():
        if b"main" in data:
            _Reader(file, needs).read(ast.parse(data.decode("utf-8-sig", "replace"), file))
    return needs


class _Reader:
    def __init__(self, file: str, needs: Needs) -> None:
        self._file = file
        self._needs = needs
        self._aliases: set[str] = set()

    def read(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        for node in nodes:
            if isinstance(node, ast.Import):
                self._aliases |= {each.asname or each.name for each in node.names if each.name == "main"}
            elif isinstance(node, ast.ImportFrom) and node.level <= 1 and node.module == "main":
                self._take(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._reach(PATCHED.findall(node.value))
        owners = set()
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._aliases:
                owners.add(id(node.value))
                self._reach([node.attr])
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in self._aliases and id(node) not in owners:
                message = f"{self._file} uses main.py as a whole: what it needs of it cannot be told."
                raise RefusedError(message, node.lineno, self._file)

    def _take(self, node: ast.ImportFrom) -> None:
        if any(each.name == "*" for each in node.names):
            raise RefusedError(f"{self._file} takes everything from main.py.", node.lineno, self._file)
        self._needs.taken |= {each.name for each in node.names}

    def _reach(self, names: list[str]) -> None:
        for name in names:
            self._needs.reached.setdefault(name, self._file)
