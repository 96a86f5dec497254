"""The import statements of main.py, for the files that need some of them, and for main.py that may need less."""

from __future__ import annotations

import ast

from fapi_runner.convert.block import Block
from fapi_runner.convert.text import Span, Text

WIDTH = 100


class Imports:
    """What main.py imports, by name."""

    def __init__(self, blocks: list[Block], text: Text) -> None:
        self._text = text
        self.blocks = [block for block in blocks if block.is_import]

    def write(self, names: set[str], also: str = "") -> list[str]:
        """Return the statements, without line ends, that bind these names as main.py does, in its order and its groups.

        `also` is something more to import from fastapi.
        """
        lines: list[str] = []
        is_apart = False
        for block in self.blocks:
            is_apart = is_apart or (bool(lines) and begins_blank(block, self._text))
            for node in block.nodes:
                taken = [alias for alias in _aliases(node) if bound_by(alias) in names]
                if also and isinstance(node, ast.ImportFrom) and node.module == "fastapi" and taken:
                    taken, also = [ast.alias(*also.split(" as ")), *taken], ""
                if taken and not is_future(node):
                    lines += [""] if is_apart and lines else []
                    lines.append(write_import(node, taken))
                    is_apart = False
        if also:
            lines += ["", f"from fastapi import {also}"] if lines else [f"from fastapi import {also}"]
        return lines

    def list_future(self) -> list[str]:
        """Return the statements that change how a file is compiled: they hold wherever its code goes."""
        return [write_import(node, _aliases(node)) for block in self.blocks for node in block.nodes if is_future(node)]

    def shorten(self, block: Block, unused: set[str]) -> list[Span | str]:
        """Return a block of main.py without what it imports for nobody any more; comments above it stay."""
        if len(block.nodes) > 1 or is_future(block.node):
            return [block.span]
        aliases = _aliases(block.node)
        left = [alias for alias in aliases if bound_by(alias) not in unused]
        above = Span(block.span.start, block.body.start)
        if len(left) == len(aliases) or (left and b"#" in self._text.data[block.body.start : block.body.end]):
            return [block.span]  # a comment says something about one of them, and nobody knows about which
        if not left:
            comments = self._text.data[above.start : above.end].strip()
            return [above] if comments else []
        return [above, write_import(block.node, left, self._text.newline) + self._text.newline]


def begins_blank(block: Block, text: Text) -> bool:
    """Say whether an empty line comes before a block."""
    return text.data[block.span.start : block.span.start + 2].startswith((b"\n", b"\r\n"))


def bound_by(alias: ast.alias) -> str:
    """Return the name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def is_future(node: ast.stmt) -> bool:
    """Say whether it is a directive to the compiler."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def write_import(node: ast.stmt, aliases: list[ast.alias], newline: str = "\n") -> str:
    """Return an import of some of what a statement imports."""
    names = [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in aliases]
    if not isinstance(node, ast.ImportFrom):
        return f"import {', '.join(names)}"
    return write_from("." * node.level + (node.module or ""), names, newline)


def write_from(module: str, names: list[str], newline: str = "\n") -> str:
    """Return `from module import names`, in several lines where it would be a long one."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH or len(names) == 1:
        return line
    return newline.join([f"from {module} import (", *(f"    {name}," for name in names), ")"])


def _aliases(node: ast.stmt) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
