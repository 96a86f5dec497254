"""The apps' output: split into lines, capped, numbered, kept and passed on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TypedDict

from fapi_runner.protocol import Json

LINE_LIMIT_BYTES = 8192
LINES_KEPT = 2000
LINES_PER_SECOND = 1000

Stream = Literal["stdout", "stderr", "system"]


class Line(TypedDict):
    seq: int
    at: str
    stream: Stream
    generation: int
    text: str


class LogBook:
    """The last lines of every app and the watchers of all of them."""

    def __init__(self) -> None:
        self._kept: dict[str, deque[Line]] = {}
        self._rates: dict[str, Rate] = {}
        self._last = 0
        self.watchers: set[Callable[[Json], None]] = set()

    def write(self, app_id: str, generation: int, stream: Stream, texts: list[str]) -> None:
        """Keep and send what fits under the app's rate; count the rest."""
        rate = self._rates.setdefault(app_id, Rate())
        allowed = rate.take(len(texts))
        rate.dropped += len(texts) - allowed
        self._publish(app_id, [self._number(generation, stream, text) for text in texts[:allowed]])

    def drop(self, app_id: str, count: int) -> None:
        """Count lines that were thrown away unread."""
        self._rates.setdefault(app_id, Rate()).dropped += count

    def is_flooded(self, app_id: str) -> bool:
        """Say whether the app's next line would be dropped."""
        return self._rates.setdefault(app_id, Rate()).available() < 1

    def flush(self) -> None:
        """Tell of lines that were dropped when no later line did."""
        for app_id in self._rates:
            self._publish(app_id, [])

    def list_after(self, seq: int) -> list[Json]:
        """Return events with the kept lines after a sequence number."""
        chosen = {app_id: [line for line in kept if line["seq"] > seq] for app_id, kept in self._kept.items()}
        return [{"appId": app_id, "lines": lines, "dropped": 0} for app_id, lines in chosen.items() if lines]

    def forget(self, app_id: str) -> None:
        """Forget a removed app."""
        self._kept.pop(app_id, None)
        self._rates.pop(app_id, None)

    def _number(self, generation: int, stream: Stream, text: str) -> Line:
        now = time.time_ns() // 1000
        self._last = max(self._last + 1, now)
        at = datetime.fromtimestamp(now / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Line(seq=self._last, at=at, stream=stream, generation=generation, text=text)

    def _publish(self, app_id: str, lines: list[Line]) -> None:
        rate = self._rates[app_id]
        if not lines and not rate.dropped:
            return
        self._kept.setdefault(app_id, deque(maxlen=LINES_KEPT)).extend(lines)
        event: Json = {"appId": app_id, "lines": lines, "dropped": rate.dropped}
        rate.dropped = 0
        for send in list(self.watchers):
            send(event)


class Rate:
    """A bucket of lines that fills with time, and the count of what did not fit."""

    def __init__(self) -> None:
        self._tokens = float(LINES_PER_SECOND)
        self._at = time.monotonic()
        self.dropped = 0

    def available(self) -> float:
        """Return how many lines fit now."""
        now = time.monotonic()
        self._tokens = min(LINES_PER_SECOND, self._tokens + (now - self._at) * LINES_PER_SECOND)
        self._at = now
        return self._tokens

    def take(self, wanted: int) -> int:
        """Take as many lines as fit."""
        taken = min(wanted, int(self.available()))
        self._tokens -= taken
        return taken


class LineSplitter:
    """Cuts a byte stream into lines of bounded length."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Add bytes and return the lines that became complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_LIMIT_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return [self._decode(line) for line in lines]

    def finish(self) -> list[str]:
        """Return the last line when it was not ended."""
        rest, self._rest = self._rest, b""
        return [self._decode(rest)] if rest else []

    def _decode(self, line: bytes) -> str:
        cut = line[:LINE_LIMIT_BYTES]
        return cut.decode("utf-8", "replace").rstrip("\r") + (" ..." if len(line) > LINE_LIMIT_BYTES else "")
