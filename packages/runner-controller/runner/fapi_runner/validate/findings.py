"""Findings, and the one way to make them."""

from __future__ import annotations

import ast
from typing import Literal, NotRequired, TypedDict

Severity = Literal["error", "warning", "info", "hint"]
FINDINGS_LIMIT = 100


class Position(TypedDict):
    line: int
    column: int


class Finding(TypedDict):
    code: str
    severity: Severity
    source: str
    file: str
    start: Position
    end: Position
    message: str
    hint: NotRequired[str]


SOURCES = {"PY": "syntax", "SRC": "project", "LIM": "project", "IMP": "imports", "ENT": "entrypoint", "RUN": "runner"}


def make_finding(
    code: str,
    severity: Severity,
    file: str,
    message: str,
    *,
    start: tuple[int, int] = (1, 1),
    end: tuple[int, int] | None = None,
    hint: str | None = None,
) -> Finding:
    """Build a finding; positions are 1-based, columns in code points."""
    last = end if end is not None and end >= start else start
    finding = Finding(
        code=code,
        severity=severity,
        source=SOURCES[code.rstrip("0123456789")],
        file=file,
        start={"line": start[0], "column": start[1]},
        end={"line": last[0], "column": last[1]},
        message=message,
    )
    if hint:
        finding["hint"] = hint
    return finding


def find_span(node: ast.stmt | ast.expr, lines: list[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return start and end of a node in code points; ast counts bytes."""
    last = node.end_lineno or node.lineno
    return (
        (node.lineno, _count_points(lines, node.lineno, node.col_offset)),
        (last, _count_points(lines, last, node.end_col_offset or 0)),
    )


def _count_points(lines: list[str], line: int, byte_offset: int) -> int:
    text = lines[line - 1] if line <= len(lines) else ""
    return len(text.encode()[:byte_offset].decode("utf-8", "ignore")) + 1
