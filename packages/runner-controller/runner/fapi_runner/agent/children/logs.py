"""The apps' output: capped, masked, numbered, kept and passed on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal, TypedDict

from fapi_runner.agent.children.lines import TracebackScan
from fapi_runner.agent.children.masking import Masker
from fapi_runner.protocol import Json, format_time

LINES_KEPT, CHARACTERS_KEPT = 2000, 1 << 20
LINES_PER_SECOND, LINES_BURST = 1000, 2000
BYTES_PER_SECOND, BYTES_BURST = 1 << 18, 1 << 20
# Once closed it opens for a batch: a flood is then skipped unread, instead of being read for a line at a time.
REOPEN_LINES, REOPEN_BYTES = 100, 1 << 14
EVENT_CHARACTERS = 100_000  # six times as many bytes at worst, and a frame's header holds 1 MiB

Stream = Literal["stdout", "stderr", "system"]


class Line(TypedDict):
    """One line that an app printed, or that the agent says of it (`system`); `seq` only grows."""

    seq: int
    at: str
    stream: Stream
    generation: int
    text: str


class LogBook:
    """The last lines of every app and the watchers of all of them."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._rates: dict[str, Rate] = {}
        self._last = 0
        self.watchers: set[Callable[[Json], None]] = set()

    def open(self, app_id: str, generation: int, masker: Masker) -> Intake:
        """Return the way in for one child's output."""
        return Intake(self, app_id, generation, masker)

    def write(self, app_id: str, generation: int, stream: Stream, texts: list[str]) -> None:
        """Keep and send lines that have passed the cap, or are our own."""
        self._publish(app_id, [self._number(generation, stream, text) for text in texts])

    def find_rate(self, app_id: str) -> Rate:
        """Return the app's rate, shared by all its children."""
        return self._rates.setdefault(app_id, Rate())

    def flush(self) -> None:
        """Tell of lines that were dropped when no later line did."""
        for app_id in self._rates:
            self._publish(app_id, [])

    def list_after(self, seq: int) -> list[Json]:
        """Return events with the kept lines after a sequence number."""
        return [
            {"appId": app_id, "lines": part, "dropped": 0}
            for app_id, kept in self._kept.items()
            for part in _divide([line for line in kept.lines if line["seq"] > seq])
        ]

    def forget(self, app_id: str) -> None:
        """Forget a removed app."""
        self._kept.pop(app_id, None)
        self._rates.pop(app_id, None)

    def _number(self, generation: int, stream: Stream, text: str) -> Line:
        now = time.time_ns() // 1000
        self._last = max(self._last + 1, now)
        return Line(seq=self._last, at=format_time(now / 1e6), stream=stream, generation=generation, text=text)

    def _publish(self, app_id: str, lines: list[Line]) -> None:
        rate = self.find_rate(app_id)
        if not lines and not rate.dropped:
            return
        self._kept.setdefault(app_id, Kept()).add(lines)
        for part in _divide(lines) or [[]]:
            event: Json = {"appId": app_id, "lines": part, "dropped": rate.dropped}
            rate.dropped = 0
            for send in list(self.watchers):
                send(event)


class Intake:
    """One child's output on its way into the book; a traceback passes the cap whole or not at all."""

    def __init__(self, book: LogBook, app_id: str, generation: int, masker: Masker) -> None:
        self.masker = masker
        self._book = book
        self._app_id = app_id
        self._generation = generation
        self._gates: dict[Stream, Gate] = {}

    def write(self, stream: Stream, lines: list[str]) -> None:
        """Pass on what fits under the app's rate."""
        passed = self._find_gate(stream).admit(lines)
        self._book.write(self._app_id, self._generation, stream, self.masker.mask_lines(passed))

    def skip(self, stream: Stream, lines: bytes) -> None:
        """Count lines that were not even looked at."""
        self._find_gate(stream).skip(lines)

    def drop(self, stream: Stream, count: int) -> None:
        """Count lines of which nothing else is known."""
        self._find_gate(stream).drop(count)

    def is_flooded(self, stream: Stream) -> bool:
        """Say whether the next line would be dropped."""
        return self._find_gate(stream).is_closed()

    def _find_gate(self, stream: Stream) -> Gate:
        # Asked for each time: the app may have been removed, and its rate with it, while a child still drains.
        rate = self._book.find_rate(self._app_id)
        gate = self._gates.setdefault(stream, Gate(rate))
        gate.rate = rate
        return gate


class Gate:
    """Lets one stream's lines pass as long as the app's rate allows."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._scan = TracebackScan()
        self._keeps_group = False

    def admit(self, lines: list[str]) -> list[str]:
        """Return the lines that pass; the others are counted."""
        passed: list[str] = []
        self.rate.refill()
        for line in lines:
            if self._scan.begins(line):
                self._keeps_group = self.rate.has_room()
            keeps = self._keeps_group if self._scan.is_inside else self.rate.has_room()
            if keeps:
                self.rate.charge(line)
                passed.append(line)
            else:
                self.rate.dropped += 1
        return passed

    def skip(self, lines: bytes) -> None:
        """Count lines that were not even looked at, and know whether they end inside a traceback."""
        self._scan.skip(lines)
        self.drop(lines.count(b"\n"))

    def drop(self, count: int) -> None:
        """Count lines of which nothing else is known: a traceback that was going on is not whole any more."""
        self._keeps_group = False
        self.rate.dropped += count

    def is_closed(self) -> bool:
        """Say whether the next line would be dropped."""
        self.rate.refill()
        return not (self._scan.is_inside and self._keeps_group) and not self.rate.has_room()


class Rate:
    """Lines and bytes that fill up with time, and the count of what did not fit."""

    def __init__(self) -> None:
        self.dropped = 0
        self._lines = float(LINES_BURST)
        self._bytes = float(BYTES_BURST)
        self._at = time.monotonic()
        self._is_closed = False

    def refill(self) -> None:
        """Add what the time since the last call allows."""
        now = time.monotonic()
        self._lines = min(LINES_BURST, self._lines + (now - self._at) * LINES_PER_SECOND)
        self._bytes = min(BYTES_BURST, self._bytes + (now - self._at) * BYTES_PER_SECOND)
        self._at = now

    def has_room(self) -> bool:
        """Say whether a line fits."""
        if self._is_closed:
            self._is_closed = self._lines < REOPEN_LINES or self._bytes < REOPEN_BYTES
        elif self._lines < 1 or self._bytes < 1:
            self._is_closed = True
        return not self._is_closed

    def charge(self, line: str) -> None:
        """Take a line's share; the rest of a traceback may run into debt."""
        self._lines -= 1
        self._bytes -= len(line) + 1


class Kept:
    """An app's last lines, bounded in number and size."""

    def __init__(self) -> None:
        self.lines: deque[Line] = deque()
        self._characters = 0

    def add(self, lines: list[Line]) -> None:
        """Keep lines in place of the oldest."""
        self.lines.extend(lines)
        self._characters += sum(len(line["text"]) for line in lines)
        while len(self.lines) > LINES_KEPT or self._characters > CHARACTERS_KEPT:
            self._characters -= len(self.lines.popleft()["text"])


def _divide(lines: list[Line]) -> list[list[Line]]:
    """Cut into parts that fit into one event each."""
    return list(_each_part(lines))


def _each_part(lines: list[Line]) -> Iterator[list[Line]]:
    part: list[Line] = []
    characters = 0
    for line in lines:
        if part and characters + len(line["text"]) > EVENT_CHARACTERS:
            yield part
            part, characters = [], 0
        part.append(line)
        characters += len(line["text"])
    if part:
        yield part
