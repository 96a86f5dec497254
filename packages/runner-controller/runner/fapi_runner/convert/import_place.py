"""Where main.py imports its new files: at one place, so that all that acts when it is imported keeps its turn."""

from __future__ import annotations

import ast
import sys

from fapi_runner.convert.block import Block
from fapi_runner.convert.effects import COMPOUND, Effect
from fapi_runner.convert.places import Places, find_own_effect, list_reached
from fapi_runner.convert.reading import Module
from fapi_runner.convert.staying import Ties

INDIFFERENT = {"fastapi", "starlette", "pydantic", "typing_extensions", "annotated_types"}


class LateError(Exception):
    """A block cannot move, for something that stays must run before it."""

    def __init__(self, block: Block, barrier: Block) -> None:
        super().__init__(block.title)
        self.block = block
        self.reason = f"Line {barrier.line} runs before it when main.py is imported, and has to."


def find_place(module: Module, ties: Ties, places: Places) -> int:
    """Return the index of the block before which the new files are imported; raise LateError where there is none."""
    moved = [block for block in module.blocks if block in places.keys and find_own_effect(block)]
    staying = [block for block in module.blocks if block not in places.keys and not block.is_import and block.effect]
    at = _find_head(module, places)
    later_than = {block: _list_later(block, moved) + _list_importing(module, places, block) for block in staying}
    barriers = [block for block in staying if later_than[block]]
    _check_moved_importers(module, places, moved)
    for barrier in barriers:
        earlier = [each for each in moved if each.index < barrier.index]
        if _has_turn(barrier, earlier):
            raise LateError(later_than[barrier][0], barrier)
        at = max(at, barrier.index + 1)
    first = _find_first_user(module, ties, places)
    if first is not None and first.index < at:
        barrier = next(each for each in barriers if each.index >= first.index)
        raise LateError(later_than[barrier][0], barrier)
    return at


def _list_later(barrier: Block, moved: list[Block]) -> list[Block]:
    return [each for each in moved if each.index > barrier.index and _has_turn(barrier, [each])]


def _list_importing(module: Module, places: Places, barrier: Block) -> list[Block]:
    """Return the blocks that move and need what is imported after something has acted, which that import may notice."""
    if barrier.effect is not Effect.ACTS:
        return []
    later = [block for block in module.blocks if block.is_import and block.index > barrier.index]
    names = {name for block in later if not _is_indifferent(block) for name in block.binds}
    return [block for block in module.blocks if block in places.keys and names & block.uses]


def _check_moved_importers(module: Module, places: Places, moved: list[Block]) -> None:
    for acting in (block for block in moved if block.effect is Effect.ACTS):
        for block in _list_importing(module, places, acting):
            raise LateError(block, acting)


def _is_indifferent(block: Block) -> bool:
    """Say whether it does not matter when it is imported: of Python's own modules and the frameworks' nothing does."""
    modules = {name.partition(".")[0] for node in block.nodes for name in _list_modules(node)}
    return modules <= (INDIFFERENT | sys.stdlib_module_names)


def _list_modules(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return [alias.name for alias in getattr(node, "names", [])]


def _has_turn(barrier: Block, others: list[Block]) -> bool:
    """Say whether it matters that one runs before the other: where one acts, and the other may notice."""
    return any(Effect.ACTS in (barrier.effect, find_own_effect(other)) for other in others)


def _find_head(module: Module, places: Places) -> int:
    """Return the index after the imports at the top."""
    at = 0
    for block in module.blocks:
        is_text = isinstance(block.node, ast.Expr) and isinstance(block.node.value, ast.Constant)
        is_guard = isinstance(block.node, COMPOUND) and block.effect is Effect.DEFINES
        if block.is_import or is_text:
            at = block.index + 1
        elif block not in places.keys and not is_guard:
            break
    return at


def _find_first_user(module: Module, ties: Ties, places: Places) -> Block | None:
    names = {name for block in places.keys for name in block.binds}
    for block in module.blocks:
        if block not in places.keys and not block.is_import and names & list_reached(module.blocks, block, ties):
            return block
    return None


def list_early(module: Module, at: int) -> set[Block]:
    """Return the imports that something acting follows before the new files are imported: they stay where they are."""
    acting = [block.index for block in module.blocks[:at] if not block.is_import and block.effect is Effect.ACTS]
    return {block for block in module.blocks if block.is_import and any(block.index < index for index in acting)}
