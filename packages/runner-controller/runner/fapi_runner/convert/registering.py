"""Functions and classes of main.py that write down somewhere what they decorate, or what derives from them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What changes a list, a set or a dict in place.
CHANGING = {
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "pop",
    "remove",
    "discard",
    "clear",
    "register",
}
HOOKS = {"__init_subclass__", "__set_name__"}


def find_registering(tree: ast.Module) -> set[str]:
    """Return the names by which something is written down where they stand as a decorator, a base or a metaclass."""
    found = {node.name for node in tree.body if isinstance(node, FUNCTIONS) and _changes_others(node)}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    are_listed = any(isinstance(node, ast.Attribute) and node.attr == "__subclasses__" for node in ast.walk(tree))
    found |= {node.name for node in classes if are_listed or _has_hook(node)}
    callable_ = {node.name for node in classes if any(_has_name(each, {"__call__"}) for each in node.body)}
    size = -1
    while size < len(found):
        size = len(found)
        found |= {node.name for node in classes if found & set(_list_bases(node))}
        # An object of a class that is called as a decorator.
        found |= {name for node in tree.body for name in _list_made(node, callable_)}
    return found


def is_registered(statement: ast.stmt, registering: set[str]) -> bool:
    """Say whether a definition is written down somewhere by its decorators, its bases or its metaclass."""
    named = set(_list_bases(statement)) if isinstance(statement, ast.ClassDef) else set()
    for decorator in getattr(statement, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        named |= {called.id} if isinstance(called, ast.Name) else set()
    return bool(named & registering)


def _has_hook(node: ast.ClassDef) -> bool:
    is_meta = any(isinstance(base, ast.Name) and base.id == "type" for base in node.bases)
    return is_meta or any(_has_name(each, HOOKS) for each in node.body)


def _has_name(node: ast.stmt, names: set[str]) -> bool:
    return isinstance(node, FUNCTIONS) and node.name in names


def _list_bases(node: ast.ClassDef) -> Iterator[str]:
    for base in [*node.bases, *(each.value for each in node.keywords if each.arg == "metaclass")]:
        inner = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(inner, ast.Name):
            yield inner.id


def _list_made(node: ast.stmt, classes: set[str]) -> Iterator[str]:
    value = getattr(node, "value", None)
    called = value.func if isinstance(node, ast.Assign) and isinstance(value, ast.Call) else None
    if isinstance(node, ast.Assign) and isinstance(called, ast.Name) and called.id in classes:
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _changes_others(function: ast.stmt) -> bool:
    """Say whether calling it changes what is not its own; what stands in a wrapper runs only when that is called."""
    nodes = list(_walk_called(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(function) if isinstance(node, FUNCTIONS)}
    for node in nodes:
        if isinstance(node, ast.Global):
            return True
        target: ast.expr | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            target = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            target = node.func.value
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
        if isinstance(target, ast.Name) and target.id not in own:
            return True
    return False


def _walk_called(function: ast.stmt) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [function]
    while pending:
        node = pending.pop()
        yield node
        pending += [
            each for each in ast.iter_child_nodes(node) if not (isinstance(each, FUNCTIONS) and _is_wrapper(each))
        ]


def _is_wrapper(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    called = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return any("wraps" in (getattr(each, "attr", ""), getattr(each, "id", "")) for each in called)
