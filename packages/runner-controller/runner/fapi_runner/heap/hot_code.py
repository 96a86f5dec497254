"""Gathers the code that children run in a few pages of its own.

The interpreter writes into the code that it runs, its counters and what it has learned. Among a hundred thousand other
objects, each function that runs costs every child a page or two.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterable
from types import CodeType, FrameType, FunctionType

Codes = dict[int, CodeType]  # by identity: equal code of two modules is not the same


def note_calls(work: Callable[[], object]) -> Codes:
    """Do this work and return all code of Python that ran."""
    seen: Codes = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            seen[id(frame.f_code)] = frame.f_code

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return seen


def list_code(prefixes: Iterable[str]) -> Codes:
    """Return the code of all functions in the modules whose names begin so."""
    wanted = tuple(prefixes)
    found: Codes = {}
    waiting = [each.__code__ for each in _list_functions() if (each.__module__ or "").startswith(wanted)]
    while waiting:
        code = waiting.pop()
        found[id(code)] = code
        waiting += [constant for constant in code.co_consts if type(constant) is CodeType]
    return found


def gather(hot: Codes) -> None:
    """Give every function whose code is among this a new copy of it, one after the other."""
    copies: Codes = {}

    def copy(code: CodeType) -> CodeType:
        if id(code) not in copies:
            constants = (copy(each) if type(each) is CodeType and id(each) in hot else each for each in code.co_consts)
            copies[id(code)] = code.replace(co_consts=tuple(constants))
        return copies[id(code)]

    for function in _list_functions():
        if id(function.__code__) in hot:
            function.__code__ = copy(function.__code__)


def _list_functions() -> list[FunctionType]:
    return [each for each in gc.get_objects() if type(each) is FunctionType]
