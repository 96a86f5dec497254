"""Finds, for a finished call, the row of the page that counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fapi_runner.metrics.page import (
    FIRST_ROUTE,
    HEADER_SLOTS,
    NAME,
    NAME_LIMIT_BYTES,
    NO_ROUTE,
    OTHER_ROUTES,
    ROW_SLOTS,
    ROWS,
    ROWS_LIMIT,
    Page,
)
from fapi_runner.metrics.template import find_template

if TYPE_CHECKING:
    from starlette.types import Scope

KNOWN_LIMIT = 1024


class Rows:
    """The child's side of the rows: a row is named when its route answers for the first time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._known: dict[tuple[str, str], int] = {}
        self._next = FIRST_ROUTE
        page.slots[ROWS] = self._next

    def find(self, scope: Scope) -> int:
        """Return the number of the call's row."""
        try:
            found = find_template(scope)
            if found is None:
                return NO_ROUTE
            template, route = found
            number = self._known.get((scope["method"], template))
            return self._meet(scope["method"], template, route) if number is None else number
        except Exception:  # noqa: BLE001 - a route class of the user's own may be anything
            return NO_ROUTE

    def _meet(self, method: str, template: str, route: object) -> int:
        methods = getattr(route, "methods", None)
        if methods and method not in methods:
            number = NO_ROUTE  # a 405: any client could make up a row for each method
        elif self._next == ROWS_LIMIT:
            number = OTHER_ROUTES
        else:
            number = self._next
            slot = get_row(number) + NAME
            self._page.write_text(slot, f"{method} {template}", NAME_LIMIT_BYTES)
            self._next += 1
            self._page.slots[ROWS] = self._next
        if len(self._known) < KNOWN_LIMIT:
            self._known[method, template] = number
        return number


def get_row(number: int) -> int:
    """Return a row's first slot."""
    return HEADER_SLOTS + number * ROW_SLOTS
