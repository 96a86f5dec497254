"""The routes of the app in match order: which of them follow each other into one router."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fapi_runner.convert.block import Block
from fapi_runner.convert.places import Places, list_reached
from fapi_runner.convert.reading import Module
from fapi_runner.convert.routes import APP, ROUTE_METHODS, SETTINGS, list_owners
from fapi_runner.convert.scope import walk_evaluated
from fapi_runner.convert.staying import Ties

# What is said to the app without a route being made.
ATTRIBUTES = SETTINGS | {"state", "dependency_overrides", "title", "version", "description", "debug", "openapi"}


@dataclass(eq=False)
class Run:
    """Routes of one file that nothing comes between: one router, included where the first of them was."""

    key: str
    blocks: list[Block] = field(default_factory=list)


def find_runs(module: Module, ties: Ties, places: Places) -> list[Run]:
    """Split the app's routes that move so that the order of all routes stays what it is."""
    runs: list[Run] = []
    is_open = False
    for block in module.blocks:
        if block in places.keys:
            if any(method in ROUTE_METHODS for _, method in list_owners(block.node, {APP})):
                if not (is_open and runs[-1].key == places.keys[block]):
                    runs.append(Run(places.keys[block]))
                runs[-1].blocks.append(block)
                is_open = True
        elif is_open and not block.is_import and _may_add_routes(block, module, ties):
            is_open = False
    return runs


def _may_add_routes(block: Block, module: Module, ties: Ties) -> bool:
    """Say whether importing this block may give the app a route."""
    quiet = {
        id(node.value)
        for statement in block.nodes
        for node in walk_evaluated(statement)
        if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES
    }
    for statement in block.nodes:
        for node in walk_evaluated(statement):
            if isinstance(node, ast.Name) and node.id == APP and id(node) not in quiet:
                return True
    return APP in list_reached(module.blocks, block, ties) - block.list_evaluated()
