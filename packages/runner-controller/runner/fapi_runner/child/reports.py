"""From an exception of user code to a Report."""

from __future__ import annotations

import resource
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fapi_runner.child.entrypoint import EntrypointError
from fapi_runner.child.exhaustion import find_exhaustion
from fapi_runner.child.frames import list_frames
from fapi_runner.child.hints import find_hint, find_missing_variable
from fapi_runner.child.paths import shorten_paths
from fapi_runner.report import (
    MESSAGE_LIMIT,
    SOURCE_LIMIT,
    WHILE,
    FailureClass,
    Frame,
    Phase,
    Related,
    Relation,
    Report,
    cut,
    find_relative,
)

NOTES_LIMIT, NOTE_LIMIT = 10, 500
RELATED_LIMIT, RELATED_FRAMES = 8, 10
# Read by the interpreter's own means: a metaclass may answer for any attribute of its classes.
TYPE_NAME = type.__dict__["__name__"]


def make_report(error: BaseException, phase: Phase, code: Path) -> Report:
    """Describe what was raised, with the user's own frames only; it holds whatever the exception does to stop us."""
    try:
        return _describe(_unwrap_group(error), phase, code)
    except BaseException as trouble:  # noqa: BLE001 - its class or the tools we use may be the user's work
        message = f"{name_type(error)} was raised; it could not be described ({name_type(trouble)})."
        kind = _classify_kind(type(error), phase)
        frames = _list_frames_at_least(error, code)
        return Report({"phase": phase, "class": kind, "message": message, "frames": frames, "output": []})


def name_type(error: BaseException) -> str:
    """Return the name of the exception's class, whatever that does to have another."""
    return str(TYPE_NAME.__get__(type(error)))


def tell(error: BaseException, code: Path) -> str:
    """Return the exception's text, never empty, never endless, and without paths of this machine."""
    try:
        text = shorten_paths(str.__str__(str(error)), code).strip()
    except BaseException as trouble:  # noqa: BLE001 - user code, like any other
        return f"{name_type(error)}, whose text could not be made: __str__ raised {name_type(trouble)}"
    return cut(text, MESSAGE_LIMIT) or f"{name_type(error)} without a message"


def _list_frames_at_least(error: BaseException, code: Path) -> list[Frame]:
    try:
        return list_frames(error.__traceback__, code)
    except BaseException:  # noqa: BLE001 - it was this, then, that could not be described
        return []


def _describe(error: BaseException, phase: Phase, code: Path) -> Report:
    report = Report(
        {
            "phase": phase,
            "class": _classify(error, phase),
            "type": name_type(error),
            "message": tell(error, code),
            "frames": find_frames(error, code),
            "output": [],
        }
    )
    if isinstance(error, SyntaxError) and (place := locate_syntax_error(error, code)):
        report["class"] = "syntax"
        report["message"] = cut(str(error.msg), MESSAGE_LIMIT) if error.msg else report["message"]
        report["frames"].append(place)
    elif isinstance(error, MemoryError):
        _add_memory(report)
    elif isinstance(error, SystemExit):
        when = WHILE["import" if phase == "import" else "startup"]
        report["exitCode"] = error.code if isinstance(error.code, int) else int(error.code is not None)
        given = cut(repr(error.code), NOTE_LIMIT)
        report["message"] = f"The app ended itself with sys.exit({given}) {when}."
    with suppress(BaseException):
        _add_details(report, error, code)
    return report


def _add_details(report: Report, error: BaseException, code: Path) -> None:
    """Add what helps; where the exception or its class does not let us, the report goes without."""
    if hint := _find_hint(error, code):
        report["hint"] = hint
    if name := find_missing_variable(error):
        report["variable"] = name
    if notes := [cut(note, NOTE_LIMIT) for note in getattr(error, "__notes__", ()) if isinstance(note, str)]:
        report["notes"] = notes[:NOTES_LIMIT]
    if related := list(_list_related(error, code)):
        report["related"] = related


def _classify(error: BaseException, phase: Phase) -> FailureClass:
    if phase == "running" and find_exhaustion(error) is not None and not isinstance(error, MemoryError):
        return "exhausted"
    return _classify_kind(type(error), phase)


def _classify_kind(kind: type[BaseException], phase: Phase) -> FailureClass:
    if issubclass(kind, EntrypointError):
        return "entrypoint"
    if issubclass(kind, MemoryError):
        return "memory"
    if issubclass(kind, SystemExit) or phase == "running":
        return "crashed"
    return "startup" if phase == "startup" else "import"


def _add_memory(report: Report) -> None:
    # What it has run into, or what it would have run into soon after.
    limits = [resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_DATA, resource.RLIMIT_RSS)]
    limit = min((limit for limit in limits if limit != resource.RLIM_INFINITY), default=None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    report["message"] = f"The app ran out of memory: it had {peak >> 20} MiB in use at most."
    report["peakBytes"] = peak
    if limit is not None:
        report["message"] += f" Its limit is {limit >> 20} MiB."
        report["limitBytes"] = limit


def _find_hint(error: BaseException, code: Path) -> str | None:
    if isinstance(error, EntrypointError):
        return error.hint
    if isinstance(error, BaseExceptionGroup):
        parts = "; ".join(f"{name_type(part)}: {cut(tell(part, code), NOTE_LIMIT)}" for part in error.exceptions[:3])
        return f"It holds {len(error.exceptions)} errors: {parts}."
    return find_hint(error, code)


def _unwrap_group(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def find_frames(error: BaseException, code: Path) -> list[Frame]:
    """Return the user's frames of the error, or of what it came from."""
    # A library may have raised it anew, or gathered it: then the user's line is further down.
    return next((found for _, link in _walk(error) if (found := list_frames(link.__traceback__, code))), [])


def _list_related(error: BaseException, code: Path) -> Iterator[Related]:
    for relation, link in list(_walk(error))[1 : RELATED_LIMIT + 1]:
        frames = list_frames(link.__traceback__, code)[-RELATED_FRAMES:]
        message = cut(tell(link, code), SOURCE_LIMIT)
        yield Related(relation=relation, type=name_type(link), message=message, frames=frames)


def _walk(error: BaseException) -> Iterator[tuple[Relation, BaseException]]:
    """The error and what it came from, nearest first, at most as many as anybody will read."""
    waiting: deque[tuple[Relation, BaseException]] = deque([("cause", error)])
    seen: set[int] = set()
    while waiting and len(seen) <= 4 * RELATED_LIMIT:
        relation, link = waiting.popleft()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield relation, link
        if isinstance(link, BaseExceptionGroup):
            waiting.extend(("part", part) for part in link.exceptions[:RELATED_LIMIT])
        if link.__cause__ is not None:
            waiting.append(("cause", link.__cause__))
        elif link.__context__ is not None and not link.__suppress_context__:
            waiting.append(("context", link.__context__))


def locate_syntax_error(error: SyntaxError, code: Path) -> Frame | None:
    """Return the place a syntax error names, when it is in the project."""
    file = find_relative(error.filename, code) if error.filename else None
    if file is None:
        return None
    frame = Frame(file=file, line=error.lineno or 1, column=max(error.offset or 1, 1))
    if error.text:
        frame["source"] = error.text.strip()[:SOURCE_LIMIT]
    return frame
