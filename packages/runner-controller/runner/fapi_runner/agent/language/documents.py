"""The texts that an editor has open: what a server that is started again has to be told."""

from __future__ import annotations

import re
from typing import Any

from fapi_runner.protocol import Json

DOCUMENTS_LIMIT = 500
TEXTS_LIMIT_CHARACTERS = 8 << 20
# Of characters that are moved, for one message: some half a second, in which the agent does nothing else.
MOVED_LIMIT = 32 << 20
LINES_TO_A_CHARACTER = 16  # a line is moved as a pointer
LINE_END = re.compile(r"\r\n|\n|\r")


class OutOfStepError(Exception):
    """A change does not fit to the text before it: something was lost, or came in another order."""


class TooManyError(Exception):
    """An editor has more open than it may."""


class Document:
    """One open text."""

    def __init__(self, uri: str, language: str, version: int, text: str) -> None:
        self.uri = uri  # as the servers say it
        self.language = language
        self.version = version
        self._lines = _split(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self._lines)

    def change(self, version: int, changes: list[Json]) -> int:
        """Apply changes, one after the other; returns by how many characters it grew. Raise OutOfStepError."""
        # Our editor counts by one: a number that is missing is a change that was lost on some way here.
        if version != self.version + 1:
            raise OutOfStepError(f"version {version} of {self.uri} came after {self.version}")
        grown, moved = 0, 0
        for each in changes:
            if moved > MOVED_LIMIT:
                # Begun anew, the text comes as it is.
                raise OutOfStepError(f"the changes of {self.uri} are too many for one message")
            one_grown, one_moved = self._apply(each)
            grown, moved = grown + one_grown, moved + one_moved
        self.version = version
        return grown

    def _apply(self, change: Json) -> tuple[int, int]:
        """Return by how many characters it grew, and about how many had to be moved."""
        text = change["text"]
        if "range" not in change:
            before = sum(map(len, self._lines))
            self._lines = _split(text)
            return len(text) - before, len(text) + before
        first, start = self._find(change["range"]["start"])
        last, end = self._find(change["range"]["end"])
        if (first, start) > (last, end):
            raise OutOfStepError(f"a change of {self.uri} ends before it begins")
        # With the neighbours: what is put together may end in one half of a "\r\n", or begin with the other.
        low = first - 1 if first > 0 and self._lines[first - 1].endswith("\r") else first
        high = min(last + 1, len(self._lines) - 1)
        old = self._lines[low : high + 1]
        head, tail = self._lines[first][:start], self._lines[last][end:]
        new = _split("".join([*self._lines[low:first], head, text, tail, *self._lines[last + 1 : high + 1]]))
        if high + 1 < len(self._lines):
            new.pop()  # the empty line after the end of what ends in one: the next line stands there
        self._lines[low : high + 1] = new
        before, after = sum(map(len, old)), sum(map(len, new))
        return after - before, before + after + len(self._lines) // LINES_TO_A_CHARACTER

    def _find(self, position: Json) -> tuple[int, int]:
        """Return line and character; what is beyond a line's end is its end, as the protocol says."""
        number, character = position["line"], position["character"]
        if not 0 <= number < len(self._lines) or character < 0:
            raise OutOfStepError(f"{self.uri} has no line {number}")
        line = self._lines[number]
        if line.isascii():
            return number, min(character, len(line.rstrip("\r\n")))
        units = line.rstrip("\r\n").encode("utf-16-le", "surrogatepass")[: 2 * character]
        return number, len(units.decode("utf-16-le", "surrogatepass"))


def _split(text: str) -> list[str]:
    """Return the lines with their ends; the last one has none, and may be empty."""
    lines, at = [], 0
    for end in LINE_END.finditer(text):
        lines.append(text[at : end.end()])
        at = end.end()
    return [*lines, text[at:]]


class Documents:
    """All that one editor has open, by URI."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        self._characters = 0

    def find(self, uri: str) -> Document | None:
        """Return an open document."""
        return self._open.get(uri)

    def list_open(self) -> list[Document]:
        """Return all of them."""
        return list(self._open.values())

    def open(self, uri: str, told: dict[str, Any]) -> Document:
        """Take a text; one that is open already is replaced."""
        self.close(uri)
        document = Document(uri, told["languageId"], told["version"], told["text"])
        self._open[uri] = document
        self._count(len(told["text"]))
        return document

    def change(self, uri: str, version: int, changes: list[Json]) -> Document:
        """Change an open text."""
        document = self._open.get(uri)
        if document is None:
            raise OutOfStepError(f"{uri} is not open")
        self._count(document.change(version, changes))
        return document

    def close(self, uri: str) -> bool:
        """Let go of a text; says whether it was open."""
        document = self._open.pop(uri, None)
        if document is not None:
            self._characters -= len(document.text)
        return document is not None

    def _count(self, grown: int) -> None:
        self._characters += grown
        if len(self._open) > DOCUMENTS_LIMIT or self._characters > TEXTS_LIMIT_CHARACTERS:
            limits = f"{DOCUMENTS_LIMIT} documents and {TEXTS_LIMIT_CHARACTERS >> 20} million characters"
            raise TooManyError(f"an editor may have {limits} open")
