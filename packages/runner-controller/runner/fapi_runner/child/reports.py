"""From an exception of user code to a Report."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path

from fapi_runner.child.entrypoint import EntrypointError
from fapi_runner.child.hints import find_hint
from fapi_runner.report import FailureClass, Frame, Phase, Report, bound, find_relative, fold_frames


def make_report(error: BaseException, phase: Phase, code: Path) -> Report:
    """Describe what was raised, with the user's own frames only."""
    error = _unwrap_group(error)
    kind: FailureClass = "startup" if phase == "startup" else "import"
    message = str(error).strip() or f"{type(error).__name__} without a message"
    frames = _find_frames(error, code)
    report = Report(
        {
            "phase": phase,
            "class": kind,
            "type": type(error).__name__,
            "message": message,
            "frames": frames,
            "output": [],
        }
    )
    if isinstance(error, SyntaxError) and (place := _locate_syntax_error(error, code)):
        report["class"] = "syntax"
        report["message"] = error.msg or message
        report["frames"] = [*frames, place]
    elif isinstance(error, EntrypointError):
        report["class"] = "entrypoint"
    elif isinstance(error, MemoryError):
        report["class"] = "memory"
        report["message"] = "The app ran out of memory."
    elif isinstance(error, SystemExit):
        code_given = error.code if isinstance(error.code, int) else int(error.code is not None)
        verb = "imported" if phase == "import" else "starting"
        report["class"] = "crashed"
        report["exitCode"] = code_given
        report["message"] = f"The app ended itself with sys.exit({error.code!r}) while it was {verb}."
    hint = error.hint if isinstance(error, EntrypointError) else find_hint(error, code)
    if hint:
        report["hint"] = hint
    return bound(report)


def _unwrap_group(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _find_frames(error: BaseException, code: Path) -> list[Frame]:
    # A library may have raised it anew: then the user's line is further down the chain.
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = _find_own_frames(link, code)
        if frames:
            return frames
        link = link.__cause__ or link.__context__
    return []


def _find_own_frames(error: BaseException, code: Path) -> list[Frame]:
    frames: list[Frame] = []
    for summary in traceback.extract_tb(error.__traceback__):
        file = find_relative(summary.filename, code)
        if file is None or summary.lineno is None:
            continue
        frame = Frame(file=file, line=summary.lineno, function=summary.name)
        text = linecache.getline(summary.filename, summary.lineno).rstrip("\n")
        if summary.colno is not None and text:
            # CPython counts bytes here, people count characters.
            frame["column"] = len(text.encode()[: summary.colno].decode("utf-8", "ignore")) + 1
        if text:
            frame["source"] = text.strip()[:500]
        frames.append(frame)
    return fold_frames(frames)


def _locate_syntax_error(error: SyntaxError, code: Path) -> Frame | None:
    file = find_relative(error.filename, code) if error.filename else None
    if file is None:
        return None
    frame = Frame(file=file, line=error.lineno or 1, column=max(error.offset or 1, 1))
    if error.text:
        frame["source"] = error.text.strip()[:500]
    return frame
