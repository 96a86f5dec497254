"""Which names of a module its statements read, write and bind."""

from __future__ import annotations

import ast
import contextlib
import symtable
from collections.abc import Iterator
from typing import NamedTuple

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Scope(NamedTuple):
    """Names of the module, by what a statement does with them."""

    binds: set[str]
    # Anywhere inside, at whatever time.
    uses: set[str]
    # By a `global` of some function inside.
    writes: set[str]


def read_scope(source: str) -> Scope:
    """Return what a statement, given as the text of a module, does with the names of its module."""
    scope = Scope(set(), set(), set())
    _collect(symtable.symtable(source, "main.py", "exec"), scope, is_module=True)
    for name in list_annotated(ast.parse(source)):
        scope.uses.add(name)
    return scope


def _collect(table: symtable.SymbolTable, scope: Scope, is_module: bool) -> None:
    for symbol in table.get_symbols():
        name, is_bound = symbol.get_name(), symbol.is_assigned() or symbol.is_imported()
        if is_module:
            if is_bound or symbol.is_annotated():
                scope.binds.add(name)
            if symbol.is_referenced():
                scope.uses.add(name)
        elif symbol.is_global():
            scope.uses.add(name)
            if is_bound:
                scope.writes.add(name)
        elif table.get_type() == "class" and symbol.is_referenced():
            # A name that a class binds further down is the module's before that.
            scope.uses.add(name)
    for child in table.get_children():
        _collect(child, scope, is_module=False)


def list_annotated(tree: ast.AST) -> Iterator[str]:
    """Yield the names in annotations, also in those that are text, and in text that names a class: `list["Item"]`."""
    for node in ast.walk(tree):
        for annotation in _list_annotations(node):
            for part in ast.walk(annotation):
                if isinstance(part, ast.Name):
                    yield part.id
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield from _list_in_text(part.value)


def _list_annotations(node: ast.AST) -> list[ast.expr]:
    found: list[ast.expr | None] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        found = [node.returns]
    elif isinstance(node, ast.arg | ast.AnnAssign):
        found = [node.annotation]
    elif isinstance(node, ast.Subscript):
        found = [node.slice]
    elif isinstance(node, ast.ClassDef):
        # `relationship("Address")` in a table.
        calls = [part for each in node.body for part in ast.walk(each) if isinstance(part, ast.Call)]
        found = [each for call in calls for each in call.args if isinstance(each, ast.Constant)]
    return [annotation for annotation in found if annotation is not None]


def _list_in_text(text: str) -> Iterator[str]:
    # What is no expression is the text of something else, `Literal["a b"]` for example.
    with contextlib.suppress(SyntaxError, ValueError):
        for node in ast.walk(ast.parse(text.strip(), mode="eval")):
            if isinstance(node, ast.Name):
                yield node.id


def walk_evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when the module is imported: of functions their decorators and defaults, and not their bodies."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, ast.Lambda):
            pending += [*current.args.defaults, *(each for each in current.args.kw_defaults if each is not None)]
        elif isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += [*current.decorator_list, current.args, *([current.returns] if current.returns else [])]
        else:
            pending += ast.iter_child_nodes(current)
