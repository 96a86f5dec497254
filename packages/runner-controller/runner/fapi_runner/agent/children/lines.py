"""From a child's bytes to lines, and which of these lines belong together."""

from __future__ import annotations

import re

from fapi_runner.report import CUT_MARK

LINE_LIMIT_BYTES = 8192
GROUP_LIMIT_LINES = 1000
LAST_LINES_BYTES = 4096

HEAD = "Traceback (most recent call last):"
HEAD_LINE = re.compile(r"[ |]*(\+ )?(Exception Group )?Traceback \(most recent call last\):$")
LINKS = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)


class LineSplitter:
    """Cuts a byte stream into lines of bounded length."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_cut = False  # the line's beginning was handed out; its rest belongs to nobody

    def feed(self, data: bytes) -> list[str]:
        """Add bytes and return the lines that became complete, or too long to wait for."""
        *lines, rest = (self._rest + data).split(b"\n")
        if lines and self._is_cut:
            del lines[0]
            self._is_cut = False
        texts = [_decode(line) for line in lines]
        if self._is_cut:
            rest = b""
        elif len(rest) > LINE_LIMIT_BYTES:
            texts.append(_decode(rest))
            rest = b""
            self._is_cut = True
        self._rest = rest
        return texts

    def skip(self, data: bytes) -> bytes:
        """Add bytes that nobody will read and return the whole lines among them, still as bytes."""
        if self._is_cut:
            end = data.find(b"\n") + 1
            if not end:
                return b""
            data = data[end:]
            self._is_cut = False
        whole = self._rest + data
        end = whole.rfind(b"\n") + 1
        # One byte more than may be shown says that there was more.
        self._rest = whole[end : end + LINE_LIMIT_BYTES + 1]
        return whole[:end]

    def finish(self) -> list[str]:
        """Return the last line when it was not ended."""
        rest, self._rest = self._rest, b""
        return [_decode(rest)] if rest and not self._is_cut else []


class TracebackScan:
    """Knows, line by line, whether a traceback is going on; its links and its indented message are part of it."""

    def __init__(self) -> None:
        self.is_inside = False
        self._has_ended = False  # its exception was named; a link may follow
        self._is_linked = False
        self._count = 0

    def begins(self, line: str) -> bool:
        """Say whether a traceback of its own begins here; take the line in any case."""
        is_head = HEAD in line and HEAD_LINE.match(line) is not None
        if self.is_inside and self._takes(line, is_head):
            self._count += 1
            return False
        self.is_inside = is_head
        self._has_ended = self._is_linked = False
        self._count = 1
        return is_head

    def skip(self, lines: bytes) -> None:
        """Take whole lines that nobody reads; what matters is how they end."""
        start = lines.rfind(HEAD.encode())
        if start >= 0:
            lines = lines[lines.rfind(b"\n", 0, start) + 1 :]
        elif not self.is_inside:
            return
        for line in lines.decode("utf-8", "replace").split("\n")[:-1]:
            self.begins(line)
            if not self.is_inside:
                return

    def _takes(self, line: str, is_head: bool) -> bool:
        if self._count >= GROUP_LIMIT_LINES:
            return False
        if is_head and self._has_ended and not self._is_linked:
            return False
        if is_head:
            self._has_ended = self._is_linked = False
        elif line in LINKS:
            self._is_linked = True
        elif line and not line[0].isspace() and not line.startswith("|"):
            was_ended, self._has_ended = self._has_ended, True
            return not was_ended
        return True


def list_last_lines(lines: bytes) -> list[str]:
    """Return the last few of many whole lines."""
    end = len(lines) - 1
    first = lines.find(b"\n", max(end - LAST_LINES_BYTES, 0), end) + 1
    return [_decode(line) for line in lines[first:end].split(b"\n")] if end > 0 else []


def _decode(line: bytes) -> str:
    text = line[:LINE_LIMIT_BYTES].decode("utf-8", "replace").rstrip("\r")
    return text + CUT_MARK if len(line) > LINE_LIMIT_BYTES else text
