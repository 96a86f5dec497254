"""A plugin of pytest that tells the agent what happens, as it happens."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from fapi_runner.child.order import Order
from fapi_runner.child.paths import shorten_paths
from fapi_runner.child.reports import find_frames, locate_syntax_error
from fapi_runner.protocol import Json
from fapi_runner.report import Frame

MESSAGE_LIMIT = 1000


def run_pytest(arguments: list[str], order: Order, project: Path) -> int:
    """Run pytest and return its exit code."""
    return int(pytest.main(arguments, plugins=[Teller(order, project)]))


class Teller:
    """A plugin of pytest that tells the agent what happens."""

    def __init__(self, order: Order, project: Path) -> None:
        self._order = order
        self._project = project
        self._exceptions: dict[str, BaseException] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self) -> Generator[None, object, object]:
        try:
            return (yield)
        except Exception as error:
            self._tell_broken("conftest.py", error, None)
            raise

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._order.tell({"kind": "running", "test": nodeid, "file": location[0], "line": (location[1] or 0) + 1})

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and call.excinfo is not None:
            self._exceptions[report.nodeid] = call.excinfo.value
        return report

    def pytest_exception_interact(self, call: Any, report: Any) -> None:
        self._exceptions[report.nodeid] = call.excinfo.value

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._tell_broken(report.nodeid, self._exceptions.pop(report.nodeid, None), str(report.longrepr))

    def pytest_runtest_logreport(self, report: Any) -> None:
        error = self._exceptions.pop(report.nodeid, None)
        if report.passed and report.when != "call":
            return
        outcome: Json = {"kind": "outcome", "test": report.nodeid, "when": report.when, "outcome": report.outcome}
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = shorten_paths(crash.message if crash is not None else str(report.longrepr), self._project)
            file, line, _ = report.location
            here = Frame(file=file, line=(line or 0) + 1)
            outcome |= {"message": message[:MESSAGE_LIMIT], "frame": self._find_frame(error) or here}
        self._order.tell(outcome)

    def pytest_internalerror(self, excinfo: Any) -> None:
        self._tell_broken("", excinfo.value, None)

    def _tell_broken(self, where: str, error: BaseException | None, text: str | None) -> None:
        cause = error
        while cause is not None and cause.__cause__ is not None:
            cause = cause.__cause__  # pytest raises an error of its own from the user's
        last = text.strip().splitlines()[-1] if text and text.strip() else "The tests could not be collected."
        message = shorten_paths(last if cause is None else f"{type(cause).__name__}: {cause}", self._project)
        frame = self._find_frame(error) or Frame(file=where.partition("::")[0], line=1)
        self._order.tell({"kind": "broken", "message": message[:MESSAGE_LIMIT], "frame": frame})

    def _find_frame(self, error: BaseException | None) -> Frame | None:
        link = error
        while link is not None:
            if isinstance(link, SyntaxError) and (place := locate_syntax_error(link, self._project)):
                return place
            link = link.__cause__
        frames = find_frames(error, self._project) if error is not None else []
        return frames[-1] if frames else None
