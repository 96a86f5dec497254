"""What a child prints: cut into lines, given on, its end kept, and read slowly while it floods."""

from __future__ import annotations

import asyncio
import functools
import os
from collections import deque
from typing import Protocol

from fapi_runner.agent.children.lines import LineSplitter, list_last_lines
from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.pace import Pace
from fapi_runner.agent.children.plumbing import READ_BYTES, Plumbing, read_rest
from fapi_runner.report import OUTPUT_LINE_LIMIT, OUTPUT_LINES, cut

FLOOD_PAUSE_S = 0.02
# Who writes byte by byte floods nothing and wakes us for each.
READS_BYTES, READS_BYTES_A_SECOND = 4 << 20, 512 << 10


class OutputSink(Protocol):
    """Where a child's lines go."""

    def write(self, stream: Stream, lines: list[str]) -> None: ...
    def skip(self, stream: Stream, lines: bytes) -> None: ...
    def is_flooded(self, stream: Stream) -> bool: ...


class Output:
    """The two streams of one child, from its start until `finish`."""

    def __init__(self, plumbing: Plumbing, sink: OutputSink) -> None:
        self.tail: deque[str] = deque(maxlen=OUTPUT_LINES)
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._is_finished = False
        self._streams: dict[int, tuple[Stream, LineSplitter]] = {
            plumbing.stdout: ("stdout", LineSplitter()),
            plumbing.stderr: ("stderr", LineSplitter()),
        }
        self._paces = {fd: Pace(READS_BYTES, READS_BYTES_A_SECOND) for fd in self._streams}
        for fd in self._streams:
            self._loop.add_reader(fd, self._read, fd)

    def flush(self) -> None:
        """Take everything that was written until now."""
        for fd in self._streams:
            read_rest(functools.partial(self._read, fd))

    def finish(self) -> None:
        """Take a last line without an end, and read no more: the pipes are about to be closed."""
        self._is_finished = True
        for fd, (stream, splitter) in self._streams.items():
            self._take(stream, splitter.finish())
            self._loop.remove_reader(fd)

    def _read(self, fd: int) -> bool:
        # One read at a time: user code may write without end.
        try:
            data = os.read(fd, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(fd)
            return False
        stream, splitter = self._streams[fd]
        if not self._sink.is_flooded(stream):
            self._take(stream, splitter.feed(data))
            if self._paces[fd].spend(len(data), 1, self._loop.time()):
                self._pause(fd)
            return True
        # Only counted, and read no faster than this: a flood must not take the agent's time from other apps.
        lines = splitter.skip(data)
        self._sink.skip(stream, lines)
        self._keep(list_last_lines(lines))
        self._pause(fd)
        return True

    def _pause(self, fd: int) -> None:
        self._loop.remove_reader(fd)
        self._loop.call_later(FLOOD_PAUSE_S, self._resume, fd)

    def _resume(self, fd: int) -> None:
        if not self._is_finished:
            self._loop.add_reader(fd, self._read, fd)

    def _take(self, stream: Stream, lines: list[str]) -> None:
        if lines:
            self._keep(lines)
            self._sink.write(stream, lines)

    def _keep(self, lines: list[str]) -> None:
        self.tail.extend(cut(line, OUTPUT_LINE_LIMIT) for line in lines[-OUTPUT_LINES:])
