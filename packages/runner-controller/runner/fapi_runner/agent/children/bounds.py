"""Keeps a report small: several of them travel in one header, of every app at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, TypeVar, cast

from fapi_runner.report import MESSAGE_LIMIT, Report, cut

REPORT_LIMIT_BYTES = 64 << 10
TEXTS: tuple[Literal["message", "hint", "type"], ...] = ("message", "hint", "type")

T = TypeVar("T")


def fit_report(report: Report) -> Report:
    """Return the report in at most 64 KiB as they are sent: shorter lists where it was larger, the place is kept."""
    over = _measure(report) - REPORT_LIMIT_BYTES
    if over <= 0:
        return report
    fitted = report.copy()
    # Masking may have made them longer than they were read.
    for name in TEXTS:
        if len(text := fitted.get(name, "")) > MESSAGE_LIMIT:
            fitted[name] = cut(text, MESSAGE_LIMIT)
    # Of the output the last lines say most, of the others the first ones; of the frames the innermost ones.
    fitted["output"] = _keep_last(fitted["output"], _measure(fitted) - REPORT_LIMIT_BYTES)
    fitted["related"] = _keep_first(fitted.get("related", []), _measure(fitted) - REPORT_LIMIT_BYTES)
    fitted["notes"] = _keep_first(fitted.get("notes", []), _measure(fitted) - REPORT_LIMIT_BYTES)
    fitted["frames"] = _keep_last(fitted["frames"], _measure(fitted) - REPORT_LIMIT_BYTES)
    return cast(Report, {name: value for name, value in fitted.items() if value != [] or name in ("frames", "output")})


def _keep_first(items: Sequence[T], excess: int) -> list[T]:
    return _keep_last(items[::-1], excess)[::-1]


def _keep_last(items: Sequence[T], excess: int) -> list[T]:
    """Leave out as many of the first ones as make up so many bytes."""
    kept = list(items)
    while kept and excess > 0:
        excess -= _measure(kept.pop(0)) + len(",")
    return kept


def _measure(value: object) -> int:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode("utf-8", "backslashreplace"))
