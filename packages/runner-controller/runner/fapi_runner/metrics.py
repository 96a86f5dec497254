"""One shared page of counters per child: the child's loop thread is its only writer, the agent reads it."""

from __future__ import annotations

import mmap
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_BYTES = 4096
REQUESTS, IN_FLIGHT, BYTES_OUT, LAST_REQUEST, HEARTBEAT = 1, 6, 7, 8, 9
STATUS = 0  # plus the class: 2..5 are the slots of 2xx to 5xx
LATENCY, LATENCY_BUCKETS = 16, 24  # bucket n counts requests of 2**n to 2**(n+1) microseconds


class Page:
    """The page's slots; aligned 64-bit stores, so that a reader never sees half a number."""

    def __init__(self, fd: int) -> None:
        self.slots = memoryview(mmap.mmap(fd, PAGE_BYTES)).cast("Q")

    def beat(self) -> None:
        """Note that the loop turned."""
        self.slots[HEARTBEAT] = int(time.time() * 1000)


class Totals:
    """Sums over the children of one app."""

    def __init__(self) -> None:
        self._ended = [0] * 10

    def absorb(self, page: Page) -> None:
        """Keep the counts of a child that has ended."""
        self._ended = self._sum([page])
        self._ended[IN_FLIGHT] = 0

    def read(self, pages: list[Page]) -> dict[str, int]:
        """Return the sums, in the words of the protocol except for `lastRequestAt` in milliseconds."""
        total = self._sum(pages)
        counts = {f"status{kind}xx": total[STATUS + kind] for kind in (2, 3, 4, 5)}
        return {"requests": total[REQUESTS], **counts, "inFlight": total[IN_FLIGHT], "bytesOut": total[BYTES_OUT]} | (
            {"lastRequestAt": total[LAST_REQUEST]} if total[LAST_REQUEST] else {}
        )

    def _sum(self, pages: list[Page]) -> list[int]:
        total = list(self._ended)
        for page in pages:
            for slot in (REQUESTS, 2, 3, 4, 5, IN_FLIGHT, BYTES_OUT):
                total[slot] += page.slots[slot]
            total[LAST_REQUEST] = max(total[LAST_REQUEST], page.slots[LAST_REQUEST])
        return total


class MeteredApp:
    """Counts the requests of the wrapped app into the page."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app = app
        self.slots = page.slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._count(scope, receive, send)
        elif scope["type"] == "websocket":
            self.slots[IN_FLIGHT] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.slots[IN_FLIGHT] -= 1
        else:
            await self.app(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        slots = self.slots
        slots[IN_FLIGHT] += 1
        started = time.perf_counter_ns()
        status = 0
        sent = 0

        async def metered(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            elif message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, metered)
        finally:
            # Without an answer of its own the server says 500, after us.
            kind = status // 100 or 5
            if 2 <= kind <= 5:
                slots[STATUS + kind] += 1
            micros = (time.perf_counter_ns() - started) // 1000
            slots[LATENCY + min(max(micros.bit_length() - 1, 0), LATENCY_BUCKETS - 1)] += 1
            slots[BYTES_OUT] += sent
            slots[LAST_REQUEST] = int(time.time() * 1000)
            slots[REQUESTS] += 1
            slots[IN_FLIGHT] -= 1
