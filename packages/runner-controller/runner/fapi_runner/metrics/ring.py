"""The last requests of one child, oldest overwritten: what an access log would say, without being written anywhere."""

from __future__ import annotations

from typing import NamedTuple

from fapi_runner.metrics.page import (
    ENTRIES,
    ENTRY_SLOTS,
    FIRST_ROUTE,
    NAME,
    NAME_LIMIT_BYTES,
    RING,
    ROWS_LIMIT,
    TEXT,
    TEXT_LIMIT_BYTES,
    Page,
    get_row,
)
from fapi_runner.report import CUT_MARK

ROW_BITS = 16
FIRST_ROW, LAST_ROW = get_row(FIRST_ROUTE), get_row(ROWS_LIMIT - 1)


class Answered(NamedTuple):
    """One answered request."""

    at_ms: int
    method: str
    route: str | None
    path: str | None
    status: int
    micros: int


class Ring:
    """The child's side."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._slots = page.slots
        self._number = 0

    def note(self, at_ms: int, micros: int, status: int, row: int, method: str, path: str) -> None:
        """Write down one request; the path only when no row says what was asked."""
        self._number = number = self._number + 1
        slots = self._slots
        at = RING + number % ENTRIES * ENTRY_SLOTS
        slots[at] = 0
        slots[at + 1] = at_ms
        slots[at + 2] = micros
        slots[at + 3] = status << ROW_BITS | row
        if row < FIRST_ROW:
            self._page.write_text(at + TEXT, f"{method} {path}", TEXT_LIMIT_BYTES)
        slots[at] = number


def read_ring(page: Page) -> list[Answered]:
    """Return the entries that are whole, oldest first."""
    found: list[tuple[int, Answered]] = []
    for at in range(RING, RING + ENTRIES * ENTRY_SLOTS, ENTRY_SLOTS):
        number, at_ms, micros, what = page.slots[at : at + 4].tolist()
        if not number:
            continue
        status, row = what >> ROW_BITS & 0xFFFF, what & (1 << ROW_BITS) - 1
        if FIRST_ROW <= row <= LAST_ROW:
            method, _, route = page.read_text(row + NAME, NAME_LIMIT_BYTES).partition(" ")
            answered = Answered(at_ms, method, route, None, status, micros)
        else:
            text = page.read_text(at + TEXT, TEXT_LIMIT_BYTES)
            is_cut = page.slots[at + TEXT] >= TEXT_LIMIT_BYTES
            method, _, path = (text + CUT_MARK if is_cut else text).partition(" ")
            answered = Answered(at_ms, method, None, path, status, micros)
        if page.slots[at] == number:  # it was not overwritten meanwhile
            found.append((number, answered))
    return [answered for _, answered in sorted(found, key=lambda pair: pair[0])]
