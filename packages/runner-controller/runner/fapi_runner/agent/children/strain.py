"""Notices, in turns, the apps that are about to run out of files: they raise nothing while they refuse connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fapi_runner.agent.children.gauges import read_gauges, read_limit
from fapi_runner.agent.children.postmortem import report_open_files
from fapi_runner.report import Report

APPS_PER_LOOK = 20  # a look costs some 0.1 ms each
FULL = 0.9


class Subject(NamedTuple):
    """A running child and whom to tell of it."""

    pid: int
    tell: Callable[[Report], object]


class Strain:
    """Remembers whom it has told about."""

    def __init__(self) -> None:
        self._told: set[int] = set()
        self._next = 0

    def look(self, subjects: Sequence[Subject]) -> None:
        """Look at the next few of them."""
        self._told &= {subject.pid for subject in subjects}
        start = self._next if self._next < len(subjects) else 0
        self._next = start + APPS_PER_LOOK
        for pid, tell in subjects[start : self._next]:
            gauges, limit = read_gauges(pid), read_limit(pid, "Max open files")
            files = gauges.get("openFiles") if gauges else None
            if files is None or limit is None:
                continue
            if files < FULL * limit:
                self._told.discard(pid)
            elif pid not in self._told:
                self._told.add(pid)
                tell(report_open_files(files, limit))
