"""The bytes of a Python file, before they are parsed: they must mean here what they mean to the runner."""

from __future__ import annotations

import ast
import re
import unicodedata

from fapi_runner.validate.findings import Finding, find_span, make_finding
from fapi_runner.validate.names import walk_tree
from fapi_runner.validate.syntax import Source

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?\r?$")
UTF8_NAMES = {"utf-8", "utf8", "u8", "utf"}
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


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
    if unicodedata.is_normalized("NFKC", source.text):
        return []
    findings: list[Finding] = []
    # ast has the names already normalized; only the text still shows how they were written.
    for node in walk_tree(source.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            start, end = find_span(node, source.lines)
            name = node.id if isinstance(node, ast.Name) else node.attr
            line = source.lines[end[0] - 1][: end[1] - 1]
            written = line[start[1] - 1 :] if isinstance(node, ast.Name) else line[line.rfind(".") + 1 :].strip()
            if written != name and unicodedata.normalize("NFKC", written) == name:
                message = f"Python reads {written!r} as {name!r}."
                findings.append(make_finding("SRC009", "warning", source.file, message, start=start, end=end))
    return findings


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
