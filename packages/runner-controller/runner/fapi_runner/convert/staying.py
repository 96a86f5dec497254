"""What cannot leave main.py, and why."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fapi_runner.convert.block import Block
from fapi_runner.convert.neighbours import Needs
from fapi_runner.convert.reading import Module
from fapi_runner.convert.routes import APP, ROUTE_METHODS, has_empty_path, list_owners


@dataclass
class Ties:
    """Who needs whom among the blocks of main.py; imports apart."""

    # By block, the blocks that bind the names it uses.
    needs: dict[Block, set[Block]] = field(default_factory=dict)
    users: dict[Block, set[Block]] = field(default_factory=dict)
    # Blocks that stay in one file, whichever that is: they share a name that is bound anew while the app runs.
    groups: dict[Block, set[Block]] = field(default_factory=dict)
    # The names that are bound more than once, or by a `global`.
    rebound: set[str] = field(default_factory=set)


def is_route(block: Block, module: Module) -> bool:
    """Say whether it is a route of the app or of a router in main.py."""
    return any(method in ROUTE_METHODS for _, method in list_owners(block.node, {APP, *module.routers}))


def tie(module: Module) -> Ties:
    """Find who needs whom."""
    ties = Ties({block: set() for block in module.blocks}, {block: set() for block in module.blocks})
    binders: dict[str, list[Block]] = {}
    for block in module.blocks:
        for name in block.binds:
            binders.setdefault(name, []).append(block)
    for block in module.blocks:
        for name in block.uses | block.writes:
            for binder in binders.get(name, []):
                if not binder.is_import:
                    ties.needs[block].add(binder)
                    ties.users[binder].add(block)
    rebound = {name for block in module.blocks for name in block.writes}
    rebound |= {name for name, found in binders.items() if len(found) > 1 and not all(map(_is_plain_import, found))}
    ties.rebound = rebound
    for name in rebound:
        sharing = [block for block in module.blocks if name in block.uses | block.writes]
        # A name that nobody reads may be bound as often as one likes: routes are often all called the same.
        if sharing:
            _group(ties, {*sharing, *binders.get(name, [])})
    for name in module.routers:
        _group(ties, {*binders[name], *(block for block in module.blocks if list_owners(block.node, {name}))})
    return ties


def _is_plain_import(block: Block) -> bool:
    """`import a.b` and `import a.c` both bind `a`, to the same thing."""
    return all(isinstance(node, ast.Import) and not any(each.asname for each in node.names) for node in block.nodes)


def _group(ties: Ties, blocks: set[Block]) -> None:
    whole = set(blocks)
    for block in blocks:
        whole |= ties.groups.get(block, set())
    for block in whole:
        ties.groups[block] = whole


def find_reasons(module: Module, ties: Ties, needs: Needs) -> None:
    """Write down at each block why it stays in main.py, where it has to."""
    for block in module.blocks:
        if not block.is_import:
            block.reason = block.reason or _find_own_reason(block, module, needs)
    for name in module.routers:
        _check_router(name, module)
    _check_rebound(module, ties)
    spread(module, ties)


def spread(module: Module, ties: Ties) -> None:
    """Whoever needs what stays, stays as well: main.py imports the other files, and never the other way round."""
    pending = [block for block in module.blocks if block.reason]
    while pending:
        block = pending.pop()
        for user in ties.users[block]:
            _keep(user, f"It needs `{block.title}` (line {block.line}), which stays.", block, pending)
        for other in ties.groups.get(block, set()):
            if not other.is_import:
                _keep(other, f"It stays with `{block.title}` (line {block.line}).", block, pending)


def _keep(block: Block, reason: str, other: Block, pending: list[Block]) -> None:
    if not block.reason and not block.is_import:
        block.cause = other.cause or f"{other.title}: {other.reason}"
        block.reason = f"{reason} {block.cause}"
        pending.append(block)


def _find_own_reason(block: Block, module: Module, needs: Needs) -> str:
    if len(block.nodes) > 1:
        return "It shares its line with another statement."
    if not block.is_definition:
        return "It is made inside of another statement, or changes something." if block.binds else "It is a statement."
    for name in sorted(block.binds):
        if who := needs.reached.get(name):
            return f"{who} reaches it as `main.{name}`."
    owners = list_owners(block.node, {APP})
    if other := [method for _, method in owners if method not in ROUTE_METHODS]:
        return f"`app.{other[0]}` belongs to the app itself."
    if APP in block.uses or APP in block.binds:
        return "It uses `app` itself."
    if APP in {owner.id for owner, _ in owners} and has_empty_path(block.node):
        return "Its path is empty, which only the app itself can have."
    if not is_route(block, module):
        values = {name for each in module.blocks if not each.is_import for name in each.binds}
        if registered := list_owners(block.node, values - module.routers):
            return f"It is registered with `{registered[0][0].id}` when main.py is imported."
    return ""


def _check_router(name: str, module: Module) -> None:
    """A router moves with its routes; main.py may include it, but only when all of them are there."""
    binder = next(block for block in module.blocks if name in block.binds)
    routes = [block for block in module.blocks if list_owners(block.node, {name})]
    for block in module.blocks:
        is_early = block.index < max([binder.index, *(route.index for route in routes)])
        if name in block.uses and block not in routes and (is_early or not block.reason):
            reason = f"`{name}` is used in line {block.line} as well, before it has all its routes."
            binder.reason = binder.reason or (reason if is_early else f"`{name}` is used in line {block.line} as well.")


def _check_rebound(module: Module, ties: Ties) -> None:
    for block in module.blocks:
        group = ties.groups.get(block, set())
        if block.reason or block.is_import or not group:
            continue
        if not _has_one_owner(group, module) and any(each.is_import or is_route(each, module) for each in group):
            shared = sorted(ties.rebound & (block.uses | block.writes | block.binds))
            what = f"`{shared[0]}`" if shared else "A name that it shares"
            block.reason = f"{what} is bound more than once, so all that use it stay in one file."


def _has_one_owner(group: set[Block], module: Module) -> bool:
    """Say whether it is a router of main.py with its own routes, which are moved as one."""
    owners = {owner.id for each in group for owner, _ in list_owners(each.node, {APP, *module.routers})}
    routers = {name for each in group for name in each.binds} & module.routers
    return len(routers) == 1 and owners <= routers and not any(each.is_import for each in group)
