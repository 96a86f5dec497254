"""Writes the files of a converted project, as ranges of main.py and what is new between them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fapi_runner.convert.block import Block
from fapi_runner.convert.effects import Effect
from fapi_runner.convert.homes import Homes
from fapi_runner.convert.import_place import list_early
from fapi_runner.convert.importing import Imports, begins_blank, bound_by, write_from
from fapi_runner.convert.kinds import Rank
from fapi_runner.convert.neighbours import Needs
from fapi_runner.convert.places import Places
from fapi_runner.convert.reading import Module
from fapi_runner.convert.routes import APP, ROUTE_METHODS, list_owners
from fapi_runner.convert.runs import Run
from fapi_runner.convert.text import Change, Piece, split_by

Home = tuple[Rank, str]


@dataclass
class Router:
    """One run of routes as it is written: its name in its own file, and in main.py."""

    home: Home
    name: str
    alias: str


class Composer:
    """Writes one project."""

    def __init__(self, module: Module, places: Places, homes: Homes, runs: list[Run], needs: Needs) -> None:
        self._module = module
        self._places = places
        self._homes = homes
        self._needs = needs
        self._imports = Imports(module.blocks, module.text)
        self._newline = module.text.newline
        self._owner = {name: places.home(block) for block in places.keys for name in block.binds}
        self._routers = self._name_routers(runs)
        self._run_of = {block: run for run in runs for block in run.blocks}

    def write_all(self, at: int) -> dict[str, list[Piece]]:
        """Return the pieces of every file by path; the new files are imported in main.py before the block at `at`."""
        used = sorted(set(map(self._places.home, self._places.keys)))
        files: dict[str, list[Piece]] = {file: [] for file in self._homes.list_packages(used)}
        for home in used:
            files[self._homes.file_of(home)] = self._write_home(home)
        files["main.py"] = self._write_main(at)
        return files

    def _name_routers(self, runs: list[Run]) -> dict[Run, Router]:
        counts: dict[str, int] = {}
        named: dict[Run, Router] = {}
        for run in runs:
            count = counts[run.key] = counts.get(run.key, 0) + 1
            name = self._homes.find_free("router" if count == 1 else f"router_{count}")
            alias = self._homes.make_name(f"{run.key}_router" if count == 1 else f"{run.key}_router_{count}")
            named[run] = Router((Rank.ROUTERS, run.key), name, alias)
        return named

    def _write_home(self, home: Home) -> list[Piece]:
        blocks = [
            block for block in self._module.blocks if block in self._places.keys and self._places.home(block) == home
        ]
        routers = [router for router in self._routers.values() if router.home == home]
        names = {name for block in blocks for name in block.uses}
        maker, also = self._find_maker(names) if routers else ("", "")
        future = self._imports.list_future()
        lines = [*future, *([""] if future else []), *self._imports.write(names, also)]
        own = self._write_own_imports(names - {name for block in blocks for name in block.binds}, home)
        parts = ["\n".join(part) for part in (lines, own, [f"{router.name} = {maker}()" for router in routers]) if part]
        pieces: list[Piece] = ["\n\n".join(parts).replace("\n", self._newline) + self._newline] if parts else []
        for before, block in zip([None, *blocks], blocks, strict=False):
            if not pieces:
                pieces += self._trim(block)
                continue
            if not begins_blank(block, self._module.text) and not (_is_value(before) and _is_value(block)):
                pieces.append(self._newline)
            pieces += self._write_block(block)
        return pieces

    def _find_maker(self, names: set[str]) -> tuple[str, str]:
        """Return how APIRouter is called in a file with routers, and what has to be imported from fastapi for it."""
        for block in self._imports.blocks:
            for node in block.nodes:
                for alias in getattr(node, "names", []):
                    if isinstance(node, ast.ImportFrom) and node.module == "fastapi" and alias.name == "APIRouter":
                        names.add(bound_by(alias))
                        return bound_by(alias), ""
        name = self._homes.find_free("APIRouter")
        return name, "APIRouter" if name == "APIRouter" else f"APIRouter as {name}"

    def _write_own_imports(self, names: set[str], home: Home | None) -> list[str]:
        by_home: dict[Home, list[str]] = {}
        for name in sorted(names & self._owner.keys()):
            if self._owner[name] != home:
                by_home.setdefault(self._owner[name], []).append(name)
        return [write_from(self._homes.module_of(each), by_home[each]) for each in sorted(by_home)]

    def _trim(self, block: Block) -> list[Piece]:
        data = self._module.text.data
        start = block.span.start
        while data[start : start + 1] in (b"\r", b"\n"):
            start += 1
        return self._write_block(block, start)

    def _write_block(self, block: Block, start: int | None = None) -> list[Piece]:
        text = self._module.text
        changes = list(block.changes)
        if run := self._run_of.get(block):
            changes += [
                Change(text.span_of(owner), self._routers[run].name)
                for owner, method in list_owners(block.node, {APP})
                if method in ROUTE_METHODS
            ]
        span = block.span if start is None else block.span._replace(start=start)
        pieces = split_by(span, changes)
        if text.data[block.span.end - 1 : block.span.end] != b"\n":
            pieces.append(self._newline)
        return pieces

    def _write_main(self, at: int) -> list[Piece]:
        text = self._module.text
        kept = [block for block in self._module.blocks if block not in self._places.keys]
        names = {name for block in kept if not block.is_import for name in block.uses | block.writes}
        taken = self._needs.taken & self._owner.keys()
        unused = self._find_unused(names | self._needs.taken)
        lines = [
            *self._write_own_imports(names, None),
            # The other files of the project take these from main.py still: `as` says that this is meant.
            *(
                write_from(self._homes.module_of(self._owner[name]), [f"{name} as {name}"])
                for name in sorted(taken - names)
            ),
            *(
                write_from(self._homes.module_of(router.home), [f"{router.name} as {router.alias}"])
                for router in self._routers.values()
            ),
        ]
        pieces: list[Piece] = []
        early = list_early(self._module, at)
        before: Block | None = None
        was_include = is_blank = False
        for block in self._module.blocks:
            if block.index == at:
                pieces += self._write_lines(lines, is_first=not pieces)
                is_blank = True
            run = self._run_of.get(block)
            if run is not None and run.blocks[0] is block:
                lead = "" if was_include else self._newline * (1 if before is None or _is_value(before) else 2)
                pieces.append(f"{lead}{APP}.include_router({self._routers[run].alias}){self._newline}")
                was_include = True
            if block in self._places.keys:
                continue
            written: list[Piece] = [block.span]
            if block.is_import and block not in early:
                written = [*self._imports.shorten(block, unused)]
            if not written:
                is_blank = is_blank or begins_blank(block, text)
                continue
            if is_blank and not begins_blank(block, text):
                pieces.append(self._newline)
            pieces += written
            is_blank = was_include = False
            before = None if block.is_import else block
            if text.data[block.span.end - 1 : block.span.end] != b"\n":
                pieces.append(self._newline)
        if at >= len(self._module.blocks):
            pieces += self._write_lines(lines, is_first=not pieces)
        return [*pieces, self._module.rest]

    def _write_lines(self, lines: list[str], is_first: bool) -> list[Piece]:
        text = "\n".join(lines).replace("\n", self._newline) + self._newline
        return [text if is_first else self._newline + text]

    def _find_unused(self, needed: set[str]) -> set[str]:
        """Return what only the new files use of what main.py imports; what nobody used before is there for a reason."""
        moved = {name for block in self._places.keys for name in block.uses}
        if any(block.effect is Effect.ACTS for block in self._places.keys):
            # What a file of the project does when it is imported keeps its turn among what acts here.
            own = {name for block in self._imports.blocks for name in block.binds if self._is_own(block)}
            moved -= own
        return moved - needed

    def _is_own(self, block: Block) -> bool:
        found = []
        for node in block.nodes:
            modules = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in getattr(node, "names", [])]
            )
            found += [module.partition(".")[0] in self._module.own_modules for module in modules]
        return any(found)


def _is_value(block: Block | None) -> bool:
    """Say whether it is a line such as `items = {}`, of which several stand together."""
    return block is not None and isinstance(block.node, ast.Assign | ast.AnnAssign | ast.Expr)
