"""The ASGI wrapper that counts: one writer, no locks, no system calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING

from fapi_runner.metrics.page import (
    BYTES_IN,
    BYTES_OUT,
    IN_FLIGHT,
    LAST_REQUEST,
    LAST_REQUEST_NS,
    LATENCY,
    LATENCY_BUCKETS,
    STREAMS,
    SUM_MICROS,
    WEBSOCKETS,
    WEBSOCKETS_MET,
    Page,
)
from fapi_runner.metrics.ring import Ring
from fapi_runner.metrics.rows import Rows

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LAST_BUCKET = LATENCY_BUCKETS - 1
SILENCE: Message = {"status": 500}  # what the server says when the app says nothing


class MeteredApp:
    """Counts what the wrapped app is asked and answers into the page."""

    def __init__(self, app: ASGIApp, page: Page, on_error: Callable[[BaseException], object] | None = None) -> None:
        self.app = app
        self.slots = page.slots
        self._rows = Rows(page)
        self._ring = Ring(page)
        self._on_error = on_error
        # Requests that wait for their first byte, the oldest first: when each came, in ns of the monotonic clock.
        self.waiting: dict[int, tuple[int, Scope]] = {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # No coroutine of our own between the server and the counting one: each costs at every await.
        if scope["type"] == "http":
            return self._count_request(scope, receive, send)
        if scope["type"] == "websocket":
            return self._count_websocket(scope, receive, send)
        return self.app(scope, receive, send)

    async def _count_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        slots = self.slots
        slots[IN_FLIGHT] += 1
        started = perf_counter_ns()
        waiting, key = self.waiting, id(scope)
        waiting[key] = started, scope
        first = 0
        sent = 0
        start: Message = SILENCE
        has_body = scope["method"] != "HEAD"
        is_noted = False

        def metered(message: Message) -> Awaitable[None]:
            nonlocal start, first, sent, is_noted
            kind = message["type"]
            if kind == "http.response.body":
                count = len(message.get("body", b""))
                if has_body:
                    slots[BYTES_OUT] += count
                is_over = not message.get("more_body", False)
                if not is_over:
                    sent += count
                    is_over = sent == _find_length(start)
                # Before the client can have the end: who got N answers finds N counted.
                if is_over and not is_noted:
                    is_noted = True
                    self._note(scope, start["status"], started, first)
                elif not is_over and not first:
                    first = perf_counter_ns()
                    slots[STREAMS] += 1
            elif kind == "http.response.start":
                start = message
                waiting.pop(key, None)
            return send(message)

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                slots[BYTES_IN] += len(message.get("body", b""))
            return message

        try:
            await self.app(scope, counted, metered)
        except BaseException as error:
            if self._on_error is not None:
                self._on_error(error)
            raise
        finally:
            waiting.pop(key, None)
            if not is_noted:
                self._note(scope, start["status"], started, first)
            if first:
                slots[STREAMS] -= 1
            slots[IN_FLIGHT] -= 1

    def _note(self, scope: Scope, status: int, started: int, first: int) -> None:
        slots = self.slots
        now = perf_counter_ns()  # on Linux the monotonic clock
        wall_ms = time_ns() // 1_000_000
        row = self._rows.find(scope)
        # Of a stream, the time to its first bytes: it may be open for hours on purpose.
        micros = ((first or now) - started) // 1000
        kind = status // 100
        slots[row + (kind if 1 <= kind <= 5 else 5)] += 1
        slots[row + SUM_MICROS] += micros
        bucket = (micros | 1).bit_length() - 1
        slots[row + LATENCY + (bucket if bucket < LAST_BUCKET else LAST_BUCKET)] += 1
        slots[LAST_REQUEST] = wall_ms
        slots[LAST_REQUEST_NS] = now
        self._ring.note(wall_ms, (now - started) // 1000, status, row, scope["method"], scope["path"])

    async def _count_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        slots = self.slots
        slots[IN_FLIGHT] += 1
        is_open = False

        def metered(message: Message) -> Awaitable[None]:
            nonlocal is_open
            if message["type"] == "websocket.send":
                slots[BYTES_OUT] += _measure(message)
            elif message["type"] == "websocket.accept" and not is_open:
                is_open = True
                slots[WEBSOCKETS] += 1
                slots[WEBSOCKETS_MET] += 1
                self._touch()
            return send(message)

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                slots[BYTES_IN] += _measure(message)
            return message

        try:
            await self.app(scope, counted, metered)
        except BaseException as error:
            if self._on_error is not None:
                self._on_error(error)
            raise
        finally:
            self._touch()
            if is_open:
                slots[WEBSOCKETS] -= 1
            slots[IN_FLIGHT] -= 1

    def _touch(self) -> None:
        self.slots[LAST_REQUEST] = time_ns() // 1_000_000
        self.slots[LAST_REQUEST_NS] = perf_counter_ns()


def _find_length(start: Message) -> int | None:
    # Starlette's middleware ends each answer with an empty piece: the client had all it waits for before.
    for name, value in start.get("headers", ()):
        if name == b"content-length":
            return int(value)
    return None


def _measure(message: Message) -> int:
    data = message.get("bytes")
    return len(data) if data is not None else len((message.get("text") or "").encode("utf-8", "replace"))
