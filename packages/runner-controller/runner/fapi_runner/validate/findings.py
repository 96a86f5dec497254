"""Findings, and the one way to make them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict

from fapi_runner.report import cut, make_plain

Severity = Literal["error", "warning", "info", "hint"]
Place = tuple[int, int]
FINDINGS_LIMIT = 100
TEXT_LIMIT = 2000
# Half of what one header of the protocol may have.
TOTAL_LIMIT_BYTES = 1 << 19


class Position(TypedDict):
    line: int
    column: int


class Edit(TypedDict):
    """Replaces what is between two positions of one file."""

    file: str
    start: Position
    end: Position
    text: str


class Fix(TypedDict):
    """One way out: edits, or a package to add to the app."""

    title: str
    applicability: Literal["safe", "suggested"]
    edits: list[Edit]
    package: NotRequired[str]


class Finding(TypedDict):
    code: str
    severity: Severity
    source: str
    file: str
    start: Position
    end: Position
    message: str
    hint: NotRequired[str]
    variable: NotRequired[str]
    fixes: NotRequired[list[Fix]]


# The prefix of a code names who found it; both are promised to stay.
SOURCES = {
    "PY": "syntax",
    "SRC": "project",
    "LIM": "project",
    "IMP": "imports",
    "ENT": "entrypoint",
    "CAP": "capabilities",
    "RES": "runner",
    "RUF": "ruff",
    "TST": "tests",
}
RANKS: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2, "hint": 3}


def make_finding(
    code: str,
    severity: Severity,
    file: str,
    message: str,
    *,
    start: Place = (1, 1),
    end: Place | None = None,
    hint: str | None = None,
    fixes: list[Fix] | None = None,
) -> Finding:
    """Build a finding that every store can keep; positions are 1-based, columns in code points."""
    finding = Finding(
        code=code,
        severity=severity,
        source=SOURCES[code.partition("-")[0].rstrip("0123456789")],
        file=file,
        start=to_position(start),
        end=to_position(end if end is not None and end >= start else start),
        message=cut(message, TEXT_LIMIT),
    )
    if hint:
        finding["hint"] = cut(hint, TEXT_LIMIT)
    if fixes:
        finding["fixes"] = fixes
    return make_plain(finding)


def to_position(place: Place) -> Position:
    """Return a place as it travels."""
    return {"line": place[0], "column": place[1]}


def order_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by severity and place, cut at the limits; what was cut is said."""
    ordered = sorted(findings, key=_rank)
    room = TOTAL_LIMIT_BYTES
    for count, finding in enumerate(ordered):
        room -= len(json.dumps(finding))
        if room < 0 or (count == FINDINGS_LIMIT - 1 and len(ordered) > FINDINGS_LIMIT):
            # As severe as the worst that is not shown: an error that was cut still blocks.
            message = f"{len(ordered) - count} more findings are not shown."
            return [*ordered[:count], make_finding("LIM003", finding["severity"], "", message)]
    return ordered


def _rank(finding: Finding) -> tuple[int, bool, str, int, int]:
    start = finding["start"]
    return RANKS[finding["severity"]], finding["code"] == "LIM003", finding["file"], start["line"], start["column"]


def find_span(node: ast.stmt | ast.expr | ast.alias, lines: list[str]) -> tuple[Place, Place]:
    """Return start and end of a node in code points; ast counts bytes."""
    last = node.end_lineno or node.lineno
    return (
        (node.lineno, to_column(lines, node.lineno, node.col_offset)),
        (last, to_column(lines, last, node.end_col_offset or 0)),
    )


def to_column(lines: list[str], line: int, byte_offset: int) -> int:
    """Return the 1-based column in code points of a 0-based offset in bytes."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if text.isascii():
        return byte_offset + 1
    return len(text.encode()[:byte_offset].decode("utf-8", "ignore")) + 1
