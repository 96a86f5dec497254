"""Which definitions look into what something that acts may have changed before: their turn counts as well."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fapi_runner.convert.block import Block
from fapi_runner.convert.effects import Effect
from fapi_runner.convert.places import list_reached
from fapi_runner.convert.reading import Module
from fapi_runner.convert.routes import APP
from fapi_runner.convert.scope import walk_evaluated
from fapi_runner.convert.staying import Ties

# These look into what they are given; whatever else is called only keeps it.
LOOKING = ("builtins.", "copy.", "json.dumps", "itertools.", "functools.reduce", "math.", "operator.")
SETTING = {"builtins.setattr", "builtins.delattr"}
HOLDERS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Assign, ast.AnnAssign, ast.ClassDef, ast.arguments)


def mark_observers(module: Module, ties: Ties) -> None:
    """Write down at each block that defines something whether it reads what another one changes."""
    changed = _list_changed(module, ties)
    for block in module.blocks:
        if block.effect is Effect.DEFINES and not block.is_import and changed & set(_list_looked_into(block, module)):
            block.effect = Effect.OBSERVES


def _list_changed(module: Module, ties: Ties) -> set[str]:
    """Return the names whose contents may be others after something has acted."""
    acting = [block for block in module.blocks if block.effect is Effect.ACTS and not block.is_import]
    values = {name for block in module.blocks if _is_variable(block) for name in block.binds} - module.routers
    reached = {name for block in acting for name in list_reached(module.blocks, block, ties)}
    # Of a class or a module only what is set there: to call it, or what it has, changes nothing as a rule.
    stored = {name for block in acting for node in block.nodes for name in _list_stored(node, module)}
    return (reached & values | stored) - {APP}


def _is_variable(block: Block) -> bool:
    value = getattr(block.node, "value", None)
    return isinstance(block.node, ast.Assign | ast.AnnAssign) and not isinstance(value, ast.Constant | ast.JoinedStr)


def _list_stored(statement: ast.stmt, module: Module) -> Iterator[str]:
    for node in walk_evaluated(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield from _list_root(node)
        elif isinstance(node, ast.Call) and node.args and module.names.resolve(node.func) in SETTING:
            yield from _list_root(node.args[0])


def _list_root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _list_looked_into(block: Block, module: Module) -> Iterator[str]:
    nodes = [node for statement in block.nodes for node in walk_evaluated(statement)]
    kept = {id(each) for node in nodes for each in _list_kept(node, module)}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in kept:
            yield node.id


def _list_kept(node: ast.AST, module: Module) -> Iterator[ast.AST]:
    """Yield what is only passed on: whoever has it sees each later change as well."""
    if isinstance(node, ast.Call):
        if not (module.names.resolve(node.func) or "").startswith(LOOKING):
            yield from (*node.args, *(each.value for each in node.keywords if each.arg))
    elif isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values, strict=True) if key is not None)
    elif isinstance(node, HOLDERS):
        is_taken_apart = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name)
        yield from () if is_taken_apart else ast.iter_child_nodes(node)
    for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
        if isinstance(annotation, ast.AST):
            yield from ast.walk(annotation)
