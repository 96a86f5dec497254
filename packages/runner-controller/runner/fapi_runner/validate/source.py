"""The bytes of a Python file, before they are parsed: they must mean here what they mean to the runner."""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator

from fapi_runner.validate.findings import Finding, make_finding
from fapi_runner.validate.syntax import Source

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?\r?$")
UTF8_NAMES = {"utf-8", "utf8", "u8", "utf"}
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
FOREIGN = re.compile(r"[^\x00-\x7f]")
WORD = re.compile(r"[0-9A-Za-z_\u0080-\U0010ffff]+")
FORMATTED = re.compile(r"[rR]?[fF]")
BRACES = re.compile(r"(\{\{|\}\}|[{}])")
# Characters of one file: to find the names takes longer than to compile them, and nobody writes as much by hand.
NAMES_LIMIT = 1 << 19


def read_source(file: str, data: bytes) -> tuple[str | None, list[Finding]]:
    """Decode a Python file; the text is None when it must not be parsed."""
    findings: list[Finding] = []

    def refuse(code: str, message: str, offset: int) -> None:
        line = data.count(b"\n", 0, offset) + 1
        column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode("utf-8", "replace")) + 1
        findings.append(make_finding(code, "error", file, message, start=(line, column)))

    if (offset := data.find(b"\0")) >= 0:
        refuse("SRC001", "The file contains a NUL byte.", offset)
    if cookie := _find_cookie(data):
        refuse("SRC003", f"The file declares the encoding {cookie[1]}; only UTF-8 is allowed.", cookie[0])
    if bare := re.search(rb"\r(?!\n)", data):
        refuse("SRC004", "The file contains a carriage return without a line feed.", bare.start())
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lone = SURROGATE.match(data, error.start)
        reason = "it contains one half of a surrogate pair" if lone else error.reason
        refuse("SRC002", f"The file is not UTF-8: {reason}.", error.start)
        return None, findings
    return (None if findings else text), findings + _find_bidi(file, text)


def check_written_names(source: Source) -> list[Finding]:
    """Report names that Python reads otherwise than they are written."""
    text = source.text[:NAMES_LIMIT]
    if unicodedata.is_normalized("NFKC", text):
        return []
    words = {word for word in WORD.findall(text) if not word.isascii() and word.isidentifier()}
    read_as = {word: unicodedata.normalize("NFKC", word) for word in words}
    if all(word == name for word, name in read_as.items()):
        return []
    findings: list[Finding] = []
    # tokenize knows fewer letters than Python does. In a file that compiles a letter beyond ASCII is one of a name, of
    # a text or of a comment: any letter in its place leaves every name where it is.
    for line, start, end in _find_names(FOREIGN.sub("_", text)):
        written = source.lines[line - 1][start:end]
        name = read_as.get(written, written)
        if name != written:
            message, span = f"Python reads {written!r} as {name!r}.", ((line, start + 1), (line, end + 1))
            findings.append(make_finding("SRC009", "warning", source.file, message, start=span[0], end=span[1]))
    return findings


def _find_names(code: str, row: int = 1, column: int = 0) -> Iterator[tuple[int, int, int]]:
    """Yield line, start and end of every name in code that begins at this place."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            line = row + token.start[0] - 1
            before = column if token.start[0] == 1 else 0
            if token.type == tokenize.NAME:
                yield line, before + token.start[1], before + token.end[1]
            elif token.type == tokenize.STRING and FORMATTED.match(token.string):
                yield from _find_names(_show_fields(token.string), line, before + token.start[1])
            elif token.type == tokenize.ERRORTOKEN and token.string[0] in "'\"":
                return  # a text that was cut: what follows is inside of it
    except (tokenize.TokenError, SyntaxError):
        return  # Python itself has compiled it: this is the end of what was cut out, or a gap of tokenize


def _show_fields(text: str) -> str:
    """Blank all of a formatted string but its fields, which are no tokens before Python 3.12."""
    shown: list[str] = []
    depth = 0
    for piece in BRACES.split(text):
        if "{" in piece or "}" in piece:
            depth = max(depth + (-len(piece) if "}" in piece else len(piece) * (depth > 0 or piece == "{")), 0)
            shown.append(" " * len(piece))
        else:
            shown.append(piece if depth else re.sub(r"[^\n]", " ", piece))
    return "(" + "".join(shown)[1:]  # a bracket that stays open: neither lines nor indentation count


def _find_cookie(data: bytes) -> tuple[int, str] | None:
    """Return place and name of a coding cookie that is honoured and is not UTF-8."""
    offset = 0
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 2)[:2]:
        if cookie := COOKIE.match(line):
            name = cookie[1].decode("ascii", "replace")
            normal = name.lower().replace("_", "-")
            return None if normal in UTF8_NAMES or normal.startswith("utf-8-") else (offset, name)
        if not BLANK.match(line):
            return None  # the second line counts only below an empty one or a comment
        offset += len(line) + 1
    return None


def _find_bidi(file: str, text: str) -> list[Finding]:
    if text.isascii():
        return []
    message = "A character here changes the direction of text: what is shown may not be what runs."
    return [
        make_finding("SRC005", "warning", file, message, start=(number, hidden.start() + 1))
        for number, content in enumerate(text.split("\n"), 1)
        if (hidden := BIDI.search(content))
    ]
