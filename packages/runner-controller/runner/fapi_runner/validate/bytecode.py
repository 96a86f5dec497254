"""The imports of a file as its bytecode has them: all of them, in a fraction of the time a syntax tree takes.

It knows neither places nor circumstances: it tells where all is well, and for the rest the tree is asked.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import NamedTuple

IMPORT_NAME = dis.opmap["IMPORT_NAME"]
LOAD_CONST = dis.opmap["LOAD_CONST"]
EXTENDED_ARG = dis.opmap["EXTENDED_ARG"]
UNIT = 2  # bytes of one instruction: the operation and its argument


class Import(NamedTuple):
    """One import statement, as the compiler wrote it down."""

    module: str
    level: int
    # The names taken out of it, none for `import module`: each may be a module as well.
    taken: tuple[str, ...]


def read_imports(codes: list[CodeType]) -> list[Import] | None:
    """Return every import; None when an instruction is not of the form that is known here."""
    found: list[Import] = []
    for code in codes:
        raw = code.co_code
        at = raw.find(IMPORT_NAME)
        while at >= 0:
            if at % UNIT == 0:
                imported = _read(code, raw, at)
                if imported is None:
                    return None
                found.append(imported)
            at = raw.find(IMPORT_NAME, at + 1)
    return found


def _read(code: CodeType, raw: bytes, at: int) -> Import | None:
    """Read `LOAD_CONST level, LOAD_CONST taken, IMPORT_NAME module`; more than 255 of a kind are written otherwise."""
    level_at, taken_at = at - 2 * UNIT, at - UNIT
    before = raw[level_at - UNIT] if level_at >= UNIT else None
    if level_at < 0 or raw[level_at] != LOAD_CONST or raw[taken_at] != LOAD_CONST or before == EXTENDED_ARG:
        return None
    level, taken = code.co_consts[raw[level_at + 1]], code.co_consts[raw[taken_at + 1]]
    if not isinstance(level, int) or not isinstance(taken, tuple | None):
        return None
    return Import(code.co_names[raw[at + 1]], level, taken or ())
