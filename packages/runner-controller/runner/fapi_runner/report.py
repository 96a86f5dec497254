"""The shapes in which a failure of user code travels: Report and Frame of PROTOCOL.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

Phase = Literal["validate", "import", "startup", "probe", "running"]
FailureClass = Literal["syntax", "import", "entrypoint", "startup", "crashed", "timeout", "memory", "killed", "stalled"]


class Frame(TypedDict):
    file: str
    line: int
    column: NotRequired[int]
    function: NotRequired[str]
    source: NotRequired[str]


# The functional form, because `class` is a keyword.
Report = TypedDict(
    "Report",
    {
        "phase": Phase,
        "class": FailureClass,
        "type": NotRequired[str],
        "message": str,
        "frames": list[Frame],
        "output": list[str],
        "hint": NotRequired[str],
        "exitCode": NotRequired[int],
        "signal": NotRequired[str],
    },
)

OUTPUT_LINES = 50
MESSAGE_LIMIT, NAME_LIMIT, LINE_LIMIT = 4_000, 200, 1_000
FRAMES_LIMIT = 40
DUMPED_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$')


def bound(report: Report) -> Report:
    """Cut what user code could make endless: a report travels in one frame, with those of other apps."""
    report["message"] = report["message"][:MESSAGE_LIMIT]
    report["output"] = [line[:LINE_LIMIT] for line in report["output"][-OUTPUT_LINES:]]
    report["frames"] = report["frames"][-FRAMES_LIMIT:]
    for frame in report["frames"]:
        if "function" in frame:
            frame["function"] = frame["function"][:NAME_LIMIT]
    if "type" in report:
        report["type"] = report["type"][:NAME_LIMIT]
    if "hint" in report:
        report["hint"] = report["hint"][:LINE_LIMIT]
    return report


def find_relative(filename: str, code: Path) -> str | None:
    """Return the file's path inside the project, or None when it is not the user's."""
    try:
        return Path(filename).relative_to(code).as_posix()
    except ValueError:
        return None


def fold_frames(frames: list[Frame]) -> list[Frame]:
    """Drop repeats of the same place, then keep the ends of what is still too long."""
    seen: set[tuple[str, int]] = set()
    once: list[Frame] = []
    for frame in frames:
        place = (frame["file"], frame["line"])
        if place not in seen:
            seen.add(place)
            once.append(frame)
    if len(once) > FRAMES_LIMIT:
        half = FRAMES_LIMIT // 2
        once = once[:half] + once[-half:]
    return once


def parse_dump(dump: str, code: Path) -> list[Frame]:
    """Return the user's frames of faulthandler's current thread, outermost first."""
    frames: list[Frame] = []
    inside = False
    for line in dump.splitlines():
        if line.startswith(("Current thread", "Thread", "Stack (most recent")):
            inside = not line.startswith("Thread")
            if inside:
                frames = []
        elif inside and (match := DUMPED_FRAME.match(line)):
            file = find_relative(match["file"], code)
            if file is not None:
                frame = Frame(file=file, line=int(match["line"]), function=match["function"])
                source = read_line(code / file, frame["line"])
                frames.append(frame | {"source": source} if source else frame)
    return fold_frames(frames[::-1])


def read_line(path: Path, line: int) -> str:
    """Return one line of a source file without its indentation, empty when it cannot be read."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return lines[line - 1].strip()[:500] if 0 < line <= len(lines) else ""
