"""Where each definition of main.py goes: a layer by what it is, a file by the routes that need it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fapi_runner.convert.block import Block
from fapi_runner.convert.effects import Effect
from fapi_runner.convert.kinds import Rank, find_rank, is_model, is_table
from fapi_runner.convert.reading import Module
from fapi_runner.convert.routes import APP, find_key, find_router_key, list_owners
from fapi_runner.convert.staying import Ties, is_route, spread

# Of what more than one file needs, main.py among them.
COMMON = ""


@dataclass
class Places:
    """Layer and key of every block that moves."""

    ranks: dict[Block, Rank] = field(default_factory=dict)
    keys: dict[Block, str] = field(default_factory=dict)

    def home(self, block: Block) -> tuple[Rank, str]:
        """Return the file of a block that moves, as layer and key; what else only one key needs is with its routes."""
        rank, key = self.ranks[block], self.keys[block]
        return (rank if key == COMMON or is_model(rank) else Rank.ROUTERS), key


def place(module: Module, ties: Ties) -> Places:
    """Give every block that can move its place; a block that finds none gets a reason to stay."""
    while True:
        places = _try(module, ties)
        misplaced = _find_misplaced(module, ties, places) or _find_disordered(ties, places)
        if misplaced is None:
            return places
        block, reason = misplaced
        block.reason = reason
        spread(module, ties)


def _try(module: Module, ties: Ties) -> Places:
    asked = _spread_keys(module, ties)
    moved = {
        block
        for block, keys in asked.items()
        if not block.reason
        and not block.is_import
        and (keys - {COMMON} or (keys and is_model(find_rank(block, module))))
    }
    pending = list(moved)
    while pending:
        for need in ties.needs[pending.pop()] - moved:
            moved.add(need)
            pending.append(need)
    places = Places()
    for block in moved:
        routed = is_route(block, module) or bool(block.binds & module.routers)
        places.ranks[block] = Rank.ROUTERS if routed else find_rank(block, module)
        keys = asked[block]
        places.keys[block] = find_own_key(block, module) if routed else next(iter(keys)) if len(keys) == 1 else COMMON
    _pull_down(ties, places)
    return places


def find_own_key(block: Block, module: Module) -> str:
    """Return the key of a route, or of a router with its routes."""
    owned = {owner.id for owner, _ in list_owners(block.node, module.routers)} | (block.binds & module.routers)
    if owned and not list_owners(block.node, {APP}):
        name = min(owned)
        return find_router_key(name, module.list_binders(name)[0].node)
    return find_key(block.node)


def _spread_keys(module: Module, ties: Ties) -> dict[Block, set[str]]:
    """Return who asks for each block: routes by their key, main.py and what is for everybody by the common one."""
    asked: dict[Block, set[str]] = {block: set() for block in module.blocks}
    pending: list[Block] = []

    def ask(block: Block, keys: set[str]) -> None:
        if not keys <= asked[block]:
            asked[block] |= keys
            pending.append(block)

    for block in module.blocks:
        if block.is_import:
            continue
        if block.reason:
            ask(block, {COMMON})
        elif is_route(block, module) or block.binds & module.routers:
            ask(block, {find_own_key(block, module)})
    while pending:
        block = pending.pop()
        for need in ties.needs[block] | ties.groups.get(block, set()):
            ask(need, asked[block])
            # What acts when it is imported does so in one file, in its old order; and beside main.py if it asks where.
            if need.effect is Effect.ACTS or need.at_root:
                ask(need, {COMMON})
    return asked


def _pull_down(ties: Ties, places: Places) -> None:
    """What a lower layer needs is in it or below: so no file ever imports one that imports it."""
    pending = list(places.ranks)
    while pending:
        block = pending.pop()
        for need in ties.needs[block] | ties.groups.get(block, set()):
            if need in places.ranks and places.ranks[need] > places.ranks[block]:
                places.ranks[need] = places.ranks[block]
                pending.append(need)


def _find_misplaced(module: Module, ties: Ties, places: Places) -> tuple[Block, str] | None:
    for block in sorted(places.ranks, key=lambda each: each.index):
        rank, key = places.home(block)
        if block.at_root and not (key == COMMON and rank in (Rank.STATE, Rank.DEPENDENCIES)):
            return block, "It asks for the folder of main.py, and what needs it lives in another one."
        if is_route(block, module) or block.binds & module.routers:
            home = (Rank.ROUTERS, find_own_key(block, module))
            for user in ties.users[block]:
                if user in places.ranks and places.home(user) != home:
                    return block, f"`{user.title}` (line {user.line}) calls it from elsewhere."
    return None


def _find_disordered(ties: Ties, places: Places) -> tuple[Block, str] | None:
    """Find a statement that acts when it is imported and would do so before or after another one than it does now."""
    effects = sorted((block for block in places.ranks if find_own_effect(block)), key=lambda each: each.index)
    if not any(block.effect is Effect.ACTS for block in effects):
        return None
    homes = {block: places.home(block) for block in places.ranks}
    imported: dict[tuple[Rank, str], set[tuple[Rank, str]]] = {home: set() for home in homes.values()}
    for block, home in homes.items():
        imported[home] |= {homes[need] for need in ties.needs[block] if need in homes}
    reached = {home: _reach(home, imported) for home in imported}
    for at, later in enumerate(effects):
        for earlier in effects[:at]:
            if Effect.ACTS not in (earlier.effect, later.effect) or homes[earlier] == homes[later]:
                continue
            if homes[earlier] not in reached[homes[later]]:
                block, other = (later, earlier) if later.effect is Effect.ACTS else (earlier, later)
                return block, f"It does something when it is imported, and keeps its turn with line {other.line}."
    return None


def find_own_effect(block: Block) -> Effect:
    """Return a block's effect; a table adds itself to a list."""
    return max(block.effect, Effect.OBSERVES) if is_table(block) else block.effect


def _reach(home: tuple[Rank, str], imported: dict[tuple[Rank, str], set[tuple[Rank, str]]]) -> set[tuple[Rank, str]]:
    found, pending = {home}, [home]
    while pending:
        new = imported[pending.pop()] - found
        found |= new
        pending += new
    return found


def list_reached(blocks: list[Block], start: Block, ties: Ties) -> set[str]:
    """Return the names that importing a block may read: its own, and those of what it calls, however deep."""
    names = start.list_evaluated()
    called = names if start.effect is Effect.ACTS else _list_called(start) & names
    pending = [need for need in ties.needs[start] if need.binds & called]
    seen = set(pending)
    while pending:
        block = pending.pop()
        names |= block.uses
        new = ties.needs[block] - seen
        seen |= new
        pending += new
    return names


def _list_called(block: Block) -> set[str]:
    called: set[str] = set()
    for node in (part for statement in block.nodes for part in ast.walk(statement)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        for decorator in getattr(node, "decorator_list", []):
            called |= {part.id for part in ast.walk(decorator) if isinstance(part, ast.Name)}
    return called
