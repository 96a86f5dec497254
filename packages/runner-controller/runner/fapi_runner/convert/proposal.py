"""The whole of it: from the files of a project to those of one whose main.py is in several, or to why not."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable

from fapi_runner.convert.block import Block
from fapi_runner.convert.composing import Composer
from fapi_runner.convert.homes import Homes
from fapi_runner.convert.import_place import LateError, find_place
from fapi_runner.convert.kinds import find_rank, is_model
from fapi_runner.convert.neighbours import read_needs
from fapi_runner.convert.observing import mark_observers
from fapi_runner.convert.places import place
from fapi_runner.convert.reading import Module, read_module
from fapi_runner.convert.refusal import RefusedError
from fapi_runner.convert.runs import find_runs
from fapi_runner.convert.staying import find_reasons, is_route, spread, tie
from fapi_runner.convert.text import Piece
from fapi_runner.protocol import Json

PROPOSAL_LIMIT_BYTES = 400_000
KEPT_LIMIT = 200
# What is stored by its name alone.
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def convert(names: list[str], read: Callable[[str], bytes]) -> Json:
    """Return `{files, kept, routes}`, or `{refused: {message, file, line, kept}}`.

    Each file is `{path, pieces}`; a piece is new text, or `[start, end]`: a range of bytes of main.py.
    """
    if "main.py" not in names:
        return _refuse(RefusedError("There is no main.py."), [])
    kept: list[Json] = []
    try:
        module = read_module(read("main.py"))
        module.own_modules = {name.partition("/")[0].removesuffix(".py") for name in names if name.endswith(".py")}
        needs = read_needs({name: read(name) for name in names})
        if needs.is_pickling:
            needs.taken |= {block.title for block in module.blocks if isinstance(block.node, DEFINITIONS)}
        ties = tie(module)
        mark_observers(module, ties)
        find_reasons(module, ties, needs)
        while True:
            places = place(module, ties)
            kept = _list_kept(module, set(places.keys))
            if not any(is_route(block, module) for block in places.keys):
                raise _explain_nothing(module, kept)
            try:
                at = find_place(module, ties, places)
            except LateError as late:
                late.block.reason = late.reason
                spread(module, ties)
                continue
            break
        homes = Homes(module, names, {key for key in places.keys.values() if key})
        composer = Composer(module, places, homes, find_runs(module, ties, places), needs)
        files = [{"path": path, "pieces": _pack(pieces)} for path, pieces in composer.write_all(at).items()]
    except RefusedError as refused:
        return _refuse(refused, kept)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError | MemoryError) else str(error)
        return _refuse(
            RefusedError(f"The project cannot be read: {reason}.", getattr(error, "lineno", None) or 1), kept
        )
    proposal: Json = {
        "files": files,
        "kept": kept,
        "routes": sum(is_route(block, module) for block in places.keys),
    }
    if len(json.dumps(proposal)) > PROPOSAL_LIMIT_BYTES:
        return _refuse(RefusedError("There is too much to move at once."), [])
    return proposal


def _pack(pieces: list[Piece]) -> list[object]:
    """Return the pieces as they travel, with neighbours joined."""
    packed: list[object] = []
    for piece in pieces:
        last = packed[-1] if packed else None
        if isinstance(piece, str):
            if isinstance(last, str):
                packed[-1] = last + piece
            elif piece:
                packed.append(piece)
        elif piece.start < piece.end:
            if isinstance(last, list) and last[1] == piece.start:
                last[1] = piece.end
            else:
                packed.append([piece.start, piece.end])
    return packed


def _list_kept(module: Module, moved: set[Block]) -> list[Json]:
    """Return what people would expect to be moved and is not: routes, models, and routers."""
    found = [
        {"name": block.title, "line": block.line, "reason": block.reason}
        for block in module.blocks
        if block not in moved
        and block.reason
        and (is_route(block, module) or block.binds & module.routers or _is_model(block, module))
    ]
    return found[:KEPT_LIMIT]


def _is_model(block: Block, module: Module) -> bool:
    return isinstance(block.node, ast.ClassDef) and is_model(find_rank(block, module))


def _explain_nothing(module: Module, kept: list[Json]) -> RefusedError:
    if not kept:
        where = next((block.line for block in module.blocks if "app" in block.binds), 1)
        return RefusedError("main.py has no routes that are functions with a decorator such as `@app.get`.", where)
    # Why is said for each of them.
    return RefusedError("None of its routes can be moved.", int(kept[0]["line"]))


def _refuse(refused: RefusedError, kept: list[Json]) -> Json:
    return {"refused": {"message": refused.message, "file": refused.file, "line": refused.line, "kept": kept}}
