"""Finds, for a finished call, the row of the page that counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fapi_runner.metrics.page import (
    FIRST_ROUTE,
    NAME,
    NAME_LIMIT_BYTES,
    NO_ROUTE,
    OTHER_ROUTES,
    ROWS,
    ROWS_LIMIT,
    Page,
    get_row,
)
from fapi_runner.metrics.template import find_template

if TYPE_CHECKING:
    from starlette.types import Scope

KNOWN_LIMIT = 1024
UNMATCHED = get_row(NO_ROUTE)


class Rows:
    """The child's side of the rows: a row is named when its route answers for the first time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._known: dict[tuple[str, str], int] = {}
        self._next = FIRST_ROUTE
        page.slots[ROWS] = self._next

    def find(self, scope: Scope) -> int:
        """Return the first slot of the call's row."""
        try:
            found = find_template(scope)
            if found is None:
                return UNMATCHED
            template, route = found
            row = self._known.get((scope["method"], template))
            return self._meet(scope["method"], template, route) if row is None else row
        except Exception:  # noqa: BLE001 - a route class of the user's own may be anything
            return UNMATCHED

    def _meet(self, method: str, template: str, route: object) -> int:
        methods = getattr(route, "methods", None)
        if methods and method not in methods:
            row = UNMATCHED  # a 405: any client could make up a row for each method
        elif self._next == ROWS_LIMIT:
            row = get_row(OTHER_ROUTES)
        else:
            row = get_row(self._next)
            self._page.write_text(row + NAME, f"{method} {template}", NAME_LIMIT_BYTES)
            self._next += 1
            self._page.slots[ROWS] = self._next
        if len(self._known) < KNOWN_LIMIT:
            self._known[method, template] = row
        return row
