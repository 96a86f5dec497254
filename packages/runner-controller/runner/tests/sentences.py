"""Prints every text of the runner's sources in which there are words, as JSON: what German must have, or leave out.

An f-string is told with `{}` for each value. Who calls is the innermost call around it, or the exception's name.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WORD = re.compile(r"[a-z]{2,}")


class Said(NamedTuple):
    """One text: where it stands, what it is given to, and how it reads."""

    file: str
    call: str
    text: str


def read_text(node: ast.AST) -> str | None:
    """Return a text as a template; None for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{\w+\}", "{}", node.value)  # for str.format()
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def list_said(node: ast.AST, file: str, call: str) -> Iterator[Said]:
    """Yield the texts below a node, those inside of the values of others as well."""
    if (text := read_text(node)) is not None:
        # What others are put before or behind is told without the blanks and the colon between.
        yield Said(file, call, text.strip().removesuffix(":"))
    if isinstance(node, ast.Call):
        call = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for child in ast.iter_child_nodes(node):
        is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        is_part = isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
        if not is_docstring and not is_part:
            yield from list_said(child, file, call)


def main(root: Path) -> None:
    """Print what is said below a folder."""
    found = [
        said._asdict()
        for path in sorted(root.rglob("*.py"))
        for said in list_said(ast.parse(path.read_text("utf-8")), path.relative_to(root).as_posix(), "")
        if WORD.search(said.text)
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
