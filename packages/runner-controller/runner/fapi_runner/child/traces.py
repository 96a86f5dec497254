"""Tracebacks as the user would see them at home: their own files by their own names, none of our frames."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from os import write
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException
from types import TracebackType

from fapi_runner.child.paths import shorten_path, shorten_paths
from fapi_runner.child.reports import make_report
from fapi_runner.report import find_relative
from fapi_runner.stack import PACKAGE

TEXT_LIMIT = 200_000
# Python describes each of them before it leaves any out, which takes longer than an import may.
FRAMES_LIMIT, LINKED_LIMIT = 20_000, 500
OURS = f"{PACKAGE}/"


def format_failure(error: BaseException, code: Path) -> str:
    """Return what Python prints for the error, without frames of the runner and without paths of this machine."""
    try:
        if _is_over(error):
            return _format_plainly(error, code)
        trace = TracebackException.from_exception(error, compact=True)
        _clean(trace, code, set())
        return "".join(trace.format())
    except BaseException:  # noqa: BLE001 - the exception's class, or a patched traceback module, may raise anything
        return _format_plainly(error, code)


def write_error(text: str) -> None:
    """Write to the descriptor of stderr: `sys.stderr` is whatever the user made of it."""
    data = text[:TEXT_LIMIT].encode("utf-8", "backslashreplace")
    with contextlib.suppress(OSError):
        while data:
            data = data[write(2, data) :]


class UserFormatter(logging.Formatter):
    """Formats a log record whose traceback names the user's files as the user does."""

    def __init__(self, style: str, code: Path) -> None:
        super().__init__(style)
        self.code = code

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return format_failure(ei[1], self.code).rstrip("\n") if ei[1] else ""


class ErrorHandler(logging.Handler):
    """Writes records where nobody can have closed the stream: a handler that raised would cost the client its 500."""

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            write_error(self.format(record) + "\n")


def show_uncaught(code: Path) -> None:
    """Have what a thread raises, and what cannot be raised, told like any other failure; user code may do otherwise."""

    def show(lead: str, error: BaseException | None) -> None:
        if error is not None:
            write_error(f"{lead}:\n{format_failure(error, code)}")

    threading.excepthook = lambda raised: show(
        f"Exception in thread {raised.thread.name if raised.thread else 'without a name'}", raised.exc_value
    )
    sys.unraisablehook = lambda raised: show(raised.err_msg or "Exception ignored", raised.exc_value)


def show_errors(code: Path) -> None:
    """Send the server's errors, a 500's traceback above all, to stderr whatever the user did to logging."""
    logger = logging.getLogger("uvicorn")
    handler = ErrorHandler()
    handler.setFormatter(UserFormatter("%(levelname)s: %(message)s", code))
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        # `logging.config` disables every logger that it was not told about.
        logging.getLogger(name).disabled = False


def _is_over(error: BaseException) -> bool:
    """Whether the error has more frames, or more errors that it came from, than anybody reads."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    frames = 0
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        parts = link.exceptions if isinstance(link, BaseExceptionGroup) else ()
        waiting.extend((link.__cause__, link.__context__, *parts))
        trace = link.__traceback__
        while trace is not None and frames <= FRAMES_LIMIT:
            frames += 1
            trace = trace.tb_next
        if frames > FRAMES_LIMIT or len(seen) + len(parts) > LINKED_LIMIT:
            return True
    return False


def _format_plainly(error: BaseException, code: Path) -> str:
    report = make_report(error, "running", code)
    frames = "".join(
        f'  File "{frame["file"]}", line {frame["line"]}, in {frame.get("function")}\n    {frame.get("source")}\n'
        for frame in report["frames"]
    )
    return f"Traceback (most recent call last):\n{frames}{report.get('type', 'Error')}: {report['message']}\n"


def _clean(trace: TracebackException, code: Path, seen: set[int]) -> None:
    if id(trace) in seen:
        return
    seen.add(id(trace))
    trace.stack = StackSummary.from_list([_rename(frame, code) for frame in _cut(trace.stack, code)])
    filename = getattr(trace, "filename", None)
    if isinstance(filename, str):
        trace.filename = shorten_path(filename, code)
    # No public name has the text alone.
    trace._str = shorten_paths(trace._str, code)  # type: ignore[attr-defined]
    for linked in (trace.__cause__, trace.__context__, *(trace.exceptions or ())):
        if linked:
            _clean(linked, code, seen)


def _cut(stack: StackSummary, code: Path) -> list[FrameSummary]:
    """Drop what led to the user's code, and how Python imports."""
    frames = [frame for frame in stack if not frame.filename.startswith((OURS, "<frozen importlib"))]
    first = next((index for index, frame in enumerate(frames) if find_relative(frame.filename, code)), 0)
    return frames[first:]


def _rename(frame: FrameSummary, code: Path) -> FrameSummary:
    # In place, and not made anew from `line`: that has lost its indentation, which the marks under it count in.
    frame.filename = shorten_path(frame.filename, code)
    return frame
