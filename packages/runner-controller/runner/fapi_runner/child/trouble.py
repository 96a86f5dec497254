"""Tells the agent of errors in requests that mean more than one failed request."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from fapi_runner.child.exhaustion import find_exhaustion
from fapi_runner.child.reports import make_report
from fapi_runner.protocol import Json

QUIET_S = 10.0


class TroubleTeller:
    """Looks at exceptions that leave the app, and tells of each kind now and then."""

    def __init__(self, code: Path, tell: Callable[[Json], object]) -> None:
        self._code = code
        self._tell = tell
        self._told: dict[str, float] = {}

    def note(self, error: BaseException) -> None:
        """Look at one exception."""
        found = find_exhaustion(error)
        if found is None:
            return
        kind = f"{type(found).__name__} {getattr(found, 'errno', '')}"
        now = time.monotonic()
        if now - self._told.get(kind, -QUIET_S) >= QUIET_S:
            self._told[kind] = now
            self._tell({"kind": "trouble", "report": make_report(found, "running", self._code)})
