"""What the files of a project, its tests for example and main.py itself, take from main.py by its name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from fapi_runner.convert.dynamic import find_main_import, refuse_route_lists
from fapi_runner.convert.refusal import RefusedError
from fapi_runner.validate.names import Names

MAIN = "main.py"
PATCHED = re.compile(r"\bmain\.([A-Za-z_]\w*)")
MENTIONED = re.compile(rb"\bmain[.:]([A-Za-z_]\w*)")
# What they have stored says of each object in which module its class is.
PICKLERS = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "torch", "diskcache"}


@dataclass
class Needs:
    """Names of main.py."""

    # Taken once, with `from main import name`: they must be there, wherever they come from.
    taken: set[str] = field(default_factory=set)
    # Reached as `main.name`, or named in a text that a test may patch: they must be main.py's own. With who does it.
    reached: dict[str, str] = field(default_factory=dict)
    # Objects may be stored with the name of their class, which must be found where it was.
    is_pickling: bool = False


def read_needs(files: dict[str, bytes]) -> Needs:
    """Read what files need of main.py by its name; raise RefusedError where that cannot be told."""
    needs = Needs()
    for file, data in files.items():
        if not file.endswith(".py"):
            # A text of settings names a class as `main.Formatter`, which is looked for there.
            needs.taken |= {name.decode() for name in MENTIONED.findall(data)}
        elif b"main" in data or b"routes" in data or b"pickle" in data:
            tree = ast.parse(data.decode("utf-8-sig", "replace"), file)
            if file != MAIN:
                refuse_route_lists(tree, Names(tree), file)
            _Reader(file, needs).read(tree)
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
                self._needs.is_pickling |= any(each.name.partition(".")[0] in PICKLERS for each in node.names)
                self._aliases |= {each.asname or each.name for each in node.names if each.name == "main"}
            elif isinstance(node, ast.ImportFrom) and node.level <= 1 and node.module == "main":
                self._take(node)
            elif isinstance(node, ast.ImportFrom):
                self._needs.is_pickling |= (node.module or "").partition(".")[0] in PICKLERS
            elif isinstance(node, ast.Attribute) and node.attr == "read_pickle":
                self._needs.is_pickling = True
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._reach(PATCHED.findall(node.value))
        names = Names(tree)
        if self._file != MAIN and (found := next((node for node in nodes if find_main_import(node, names)), None)):
            message = f"{self._file} imports main.py by its name as text: what it needs of it cannot be told."
            raise RefusedError(message, getattr(found, "lineno", 1), self._file)
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
