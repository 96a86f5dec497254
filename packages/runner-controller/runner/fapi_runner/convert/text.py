"""The bytes of main.py, by the places that its syntax tree names."""

from __future__ import annotations

import ast
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"


class Span(NamedTuple):
    """A range of bytes."""

    start: int
    end: int


class Change(NamedTuple):
    """What stands in the place of a range instead."""

    span: Span
    text: str


# What a file is made of: ranges of main.py and new text.
Piece = Span | str


class Text:
    """One file; offsets are bytes from its beginning, lines are counted from 1 as CPython does."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        # CPython does not see the mark, neither in its columns.
        self._starts = [len(BOM) if data.startswith(BOM) else 0]
        at = data.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = data.find(b"\n", at + 1)
        self.newline = "\r\n" if b"\r\n" in data[: self.start_of(2)] else "\n"

    @property
    def lines(self) -> int:
        """How many lines there are; an empty one after the last line feed is none."""
        return len(self._starts) - (self._starts[-1] == len(self.data))

    def start_of(self, line: int) -> int:
        """Return where a line begins; the end of the file where there is no such line."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.data)

    def line(self, line: int) -> bytes:
        """Return a line with its end."""
        return self.data[self.start_of(line) : self.start_of(line + 1)]

    def span_of(self, node: ast.expr | ast.stmt | ast.alias) -> Span:
        """Return the range of a node, without its decorators."""
        last = node.end_lineno or node.lineno
        return Span(self._at(node.lineno, node.col_offset), self._at(last, node.end_col_offset or 0))

    def cut(self, span: Span) -> str:
        """Return a range as text."""
        return self.data[span.start : span.end].decode()

    def _at(self, line: int, column: int) -> int:
        return self.start_of(line) + column


def split_by(span: Span, changes: list[Change]) -> list[Piece]:
    """Return a range with what stands in the place of its parts."""
    pieces: list[Piece] = []
    at = span.start
    for change in sorted(changes):
        pieces += [Span(at, change.span.start), change.text]
        at = change.span.end
    return [*pieces, Span(at, span.end)]


def join(pieces: list[Piece], data: bytes) -> bytes:
    """Return the file that the pieces make."""
    return b"".join(piece.encode() if isinstance(piece, str) else data[piece.start : piece.end] for piece in pieces)
