"""Ends the counting of references to what the zygote has: a count is in the object, and to use it writes to its page.

Python 3.12 counts no references to an object that has None's count. It gives that count to its own constants only, and
offers no way to give it to others. Here everything that is reachable gets it: children use all of it, free none of it,
and end without the interpreter's shutdown, which alone would miss the counts.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterable
from types import CodeType

WORD_BYTES = 4
ADDRESSES = 1 << 52
IMMORTAL_BIT = 1 << 31


def make_immortal() -> bool:
    """Do it; False where this interpreter counts all references. What is frozen already is not seen."""
    # Of the count, all versions look at the lower half; a build with another layout has no such bit in None's.
    counts = (ctypes.c_uint32 * (ADDRESSES // WORD_BYTES)).from_address(0)
    mark = counts[id(None) // WORD_BYTES]
    if sys.byteorder != "little" or not mark & IMMORTAL_BIT or hasattr(sys, "gettotalrefcount"):
        return False
    found = gc.get_objects()
    for root in found:
        counts[id(root) // WORD_BYTES] = mark
    while found:
        parts = gc.get_referents(*found)
        parts += [part for code in found if type(code) is CodeType for part in _list_parts(code)]
        found = []
        for part in parts:
            word = id(part) // WORD_BYTES
            if counts[word] < IMMORTAL_BIT:
                counts[word] = mark
                found.append(part)
    return True


def _list_parts(code: CodeType) -> Iterable[object]:
    # The collector knows nothing of them: no cycle goes through a code object. Its bytecode is no object: to ask for
    # co_code would make a copy of each.
    yield from (code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    yield from (code.co_filename, code.co_name, code.co_qualname, code.co_linetable, code.co_exceptiontable)
