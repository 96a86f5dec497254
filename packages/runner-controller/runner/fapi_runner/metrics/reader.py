"""Sums over the pages of one app's children, those that have ended included."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from fapi_runner.metrics.latency import describe_latency
from fapi_runner.metrics.page import (
    BYTES_IN,
    BYTES_OUT,
    COUNTS,
    ENTRIES,
    FIRST_ROUTE,
    HEADER_SLOTS,
    IN_FLIGHT,
    LAST_REQUEST,
    LATENCY,
    NAME,
    NAME_LIMIT_BYTES,
    NO_ROUTE,
    OTHER_ROUTES,
    ROUTES_LIMIT,
    ROWS,
    ROWS_LIMIT,
    STREAMS,
    SUM_MICROS,
    WEBSOCKETS,
    WEBSOCKETS_MET,
    Page,
    get_row,
)
from fapi_runner.metrics.ring import Answered, read_ring

REVISIONS_KEPT = 16
NUMBER_LIMIT = (1 << 53) - 1  # the largest integer that every reader of JSON understands
OPEN = {"inFlight": IN_FLIGHT, "openStreams": STREAMS, "openWebSockets": WEBSOCKETS}
SUMS = {"webSockets": WEBSOCKETS_MET, "bytesIn": BYTES_IN, "bytesOut": BYTES_OUT}

Words = dict[str, object]
Route = tuple[str, str]  # method and template; these two are no routes:
UNMATCHED: Route = ("", "none")
OTHERS: Route = ("", "other")


class Origin(NamedTuple):
    """What a child served."""

    generation: int
    digest: str


class Request(NamedTuple):
    """One answered request, and the generation that answered it."""

    answered: Answered
    generation: int


class Counts:
    """One row's numbers, or the sum of several rows."""

    def __init__(self) -> None:
        self.numbers = [0] * COUNTS

    def add(self, numbers: list[int]) -> None:
        """Add the numbers of a row, each of them bounded: user code may have written them."""
        self.numbers = [mine + min(other, NUMBER_LIMIT) for mine, other in zip(self.numbers, numbers, strict=True)]

    def describe(self) -> Words:
        """Return the numbers in the words of the protocol."""
        classes = [_bound(number) for number in self.numbers[:6]]
        counts: Words = {f"status{kind}xx": classes[kind] for kind in (2, 3, 4, 5)}
        buckets = [_bound(count) for count in self.numbers[LATENCY:COUNTS]]
        latency = describe_latency(buckets, _bound(self.numbers[SUM_MICROS]))
        return {"requests": _bound(sum(self.numbers[1:6])), **counts, "latency": latency}


class Sums:
    """All numbers of one page, or of several."""

    def __init__(self) -> None:
        self.header = [0] * HEADER_SLOTS
        self.routes: dict[Route, Counts] = {}

    def add(self, page: Page) -> None:
        """Add what a page says now."""
        header = page.slots[:HEADER_SLOTS].tolist()
        for slot in (*OPEN.values(), *SUMS.values()):
            self.header[slot] += min(header[slot], NUMBER_LIMIT)
        # It may be anything, and a time to come would keep an app awake for ever.
        if header[LAST_REQUEST] <= time.time() * 1000 + 1000:
            self.header[LAST_REQUEST] = max(self.header[LAST_REQUEST], header[LAST_REQUEST])
        for number in range(max(FIRST_ROUTE, min(header[ROWS], ROWS_LIMIT))):
            row = get_row(number)
            numbers = page.slots[row : row + COUNTS].tolist()
            if any(numbers):
                self._open(_name_row(page, number)).add(numbers)

    def total(self) -> Counts:
        """Return the sum over all rows."""
        total = Counts()
        for counts in self.routes.values():
            total.add(counts.numbers)
        return total

    def _open(self, route: Route) -> Counts:
        # Templates come and go with revisions; a counter per template that ever was would grow for ever.
        if route not in self.routes and len(self.routes) >= 2 * ROUTES_LIMIT:
            route = OTHERS
        return self.routes.setdefault(route, Counts())


class Totals:
    """Sums over the children of one app since the agent started."""

    def __init__(self) -> None:
        self._living: dict[Page, tuple[Origin, Callable[[str], str]]] = {}
        self._ended = Sums()
        self._ended_revisions: dict[Origin, Counts] = {}
        self._ended_requests: deque[Request] = deque(maxlen=ENTRIES)

    def open(self, page: Page, origin: Origin, mask: Callable[[str], str]) -> None:
        """Count a new child in; `mask` hides its secrets in the paths of requests."""
        self._living[page] = origin, mask

    def absorb(self, page: Page) -> None:
        """Keep the counts of a child that has ended; nothing of it is open any more."""
        if page not in self._living:
            return
        origin = self._living[page][0]
        self._ended_requests.extend(self._read_requests(page))
        del self._living[page]
        self._ended.add(page)
        for slot in OPEN.values():
            self._ended.header[slot] = 0
        one = Sums()
        one.add(page)
        self._ended_revisions.setdefault(origin, Counts()).add(one.total().numbers)
        for oldest in sorted(self._ended_revisions)[:-REVISIONS_KEPT]:
            del self._ended_revisions[oldest]

    def read(self) -> Words:
        """Return the protocol's Totals except for the app's own routes and revisions."""
        sums = self._sum()
        header = sums.header
        words: Words = {name: _bound(header[slot]) for name, slot in (OPEN | SUMS).items()}
        if header[LAST_REQUEST]:
            words["lastRequestAt"] = header[LAST_REQUEST]
        return sums.total().describe() | words

    def read_routes(self) -> list[Words]:
        """Return a row for each template, for what matched none, and for what had no room."""
        return [_describe_route(route) | counts.describe() for route, counts in self._sum().routes.items()]

    def read_serving(self, generation: int) -> Words:
        """Return what one generation has answered by all its children: of a new one that is little to read."""
        counts = Counts()
        for origin, ended in self._ended_revisions.items():
            if origin.generation == generation:
                counts.add(ended.numbers)
        for page, (origin, _) in self._living.items():
            if origin.generation == generation:
                one = Sums()
                one.add(page)
                counts.add(one.total().numbers)
        words = counts.describe()
        return {"generation": generation, "requests": words["requests"], "status5xx": words["status5xx"]}

    def read_revisions(self) -> list[Words]:
        """Return a row for each generation that served, newest first."""
        revisions: dict[Origin, Counts] = {}
        for origin, counts in self._ended_revisions.items():
            revisions.setdefault(origin, Counts()).add(counts.numbers)
        for page, (origin, _) in self._living.items():
            one = Sums()
            one.add(page)
            revisions.setdefault(origin, Counts()).add(one.total().numbers)
        newest = sorted(revisions.items(), key=lambda item: item[0], reverse=True)
        return [origin._asdict() | counts.describe() for origin, counts in newest]

    def read_requests(self, limit: int) -> list[Request]:
        """Return the last requests, newest first."""
        requests = list(self._ended_requests)
        for page in self._living:
            requests += self._read_requests(page)
        requests.sort(key=lambda request: request.answered.at_ms)
        return requests[: -limit - 1 : -1]

    def _sum(self) -> Sums:
        sums = Sums()
        sums.header = list(self._ended.header)
        for route, counts in self._ended.routes.items():
            sums.routes.setdefault(route, Counts()).add(counts.numbers)
        for page in self._living:
            sums.add(page)
        return sums

    def _read_requests(self, page: Page) -> list[Request]:
        origin, mask = self._living[page]
        now_ms = int(time.time() * 1000)
        return [
            Request(
                answered._replace(
                    at_ms=min(answered.at_ms, now_ms),
                    micros=_bound(answered.micros),
                    path=answered.path and mask(answered.path),
                ),
                origin.generation,
            )
            for answered in read_ring(page)
        ]


def _name_row(page: Page, number: int) -> Route:
    if number == NO_ROUTE:
        return UNMATCHED
    if number == OTHER_ROUTES:
        return OTHERS
    method, _, template = page.read_text(get_row(number) + NAME, NAME_LIMIT_BYTES).partition(" ")
    return method or "?", template


def _describe_route(route: Route) -> Words:
    if route in (UNMATCHED, OTHERS):
        return {"match": route[1]}
    return {"match": "route", "method": route[0], "path": route[1]}


def _bound(number: int) -> int:
    return min(number, NUMBER_LIMIT)
