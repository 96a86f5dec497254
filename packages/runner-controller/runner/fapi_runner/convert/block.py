"""main.py in blocks: each statement with the comments above it, and together they are the whole file."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fapi_runner.convert.effects import Effect
from fapi_runner.convert.scope import walk_evaluated
from fapi_runner.convert.text import Change, Span, Text


@dataclass(eq=False)
class Block:
    """One statement of the module, or several that share a line."""

    index: int
    nodes: list[ast.stmt]
    # With everything since the block before: empty lines and comments go where the statement goes.
    span: Span
    # From the beginning of the first line of the statement itself to the end of its last.
    body: Span
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    effect: Effect = Effect.DEFINES
    # Places in it that read otherwise where it is moved to.
    changes: list[Change] = field(default_factory=list)
    # Why it cannot be anywhere but in main.py; empty where it can.
    reason: str = ""
    # What is at the bottom of it, where the reason is only that it needs something else.
    cause: str = ""
    # Its `__file__` means the folder of the project: it may only move to a file beside main.py.
    at_root: bool = False

    @property
    def node(self) -> ast.stmt:
        """The statement; of several the first."""
        return self.nodes[0]

    @property
    def line(self) -> int:
        """Where it is shown, decorators apart."""
        return self.node.lineno

    @property
    def is_import(self) -> bool:
        """Whether it is an import and nothing else."""
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @property
    def is_definition(self) -> bool:
        """Whether it can be moved at all: a function, a class, or plain names with a value."""
        node = self.node
        if len(self.nodes) > 1:
            return False
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return True
        if isinstance(node, ast.AnnAssign):
            return node.value is not None and isinstance(node.target, ast.Name)
        return isinstance(node, ast.Assign) and all(map(_is_plain, node.targets))

    @property
    def title(self) -> str:
        """What people call it."""
        name = getattr(self.node, "name", None)
        return str(name or ", ".join(sorted(self.binds)) or f"line {self.line}")

    def list_evaluated(self) -> set[str]:
        """Return the names it reads at the very moment of the import."""
        nodes = (node for statement in self.nodes for node in walk_evaluated(statement))
        return {node.id for node in nodes if isinstance(node, ast.Name)}


def read_blocks(text: Text, tree: ast.Module) -> tuple[list[Block], Span]:
    """Return the blocks of a module in order, and what comes after the last of them."""
    groups: list[list[ast.stmt]] = []
    for node in tree.body:
        if groups and _first_line(text, node) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)  # `a = 1; b = 2`
        else:
            groups.append([node])
    blocks: list[Block] = []
    at = 0
    for index, nodes in enumerate(groups):
        last = nodes[-1].end_lineno or nodes[-1].lineno
        before = _first_line(text, groups[index + 1][0]) if index + 1 < len(groups) else text.lines + 1
        end = text.start_of(_find_end(text, last, before) + 1)
        body = Span(text.start_of(_first_line(text, nodes[0])), text.start_of(last + 1))
        blocks.append(Block(index, nodes, Span(at, end), body))
        at = end
    return blocks, Span(at, len(text.data))


def _first_line(text: Text, node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    line = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    while decorators and line > 1 and not text.line(line).lstrip().startswith(b"@"):
        line -= 1  # `@(` with the decorator itself further down
    return line


def _find_end(text: Text, last: int, before: int) -> int:
    """Return the last line of a statement with the indented comments below its body."""
    end = last
    for line in range(last + 1, before):
        content = text.line(line)
        if content.strip() and not content[:1].isspace():
            break
        if content.strip():
            end = line
    return end


def _is_plain(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple):
        return all(isinstance(each, ast.Name) for each in target.elts)
    return isinstance(target, ast.Name)
