"""The shapes in which a child tells of user code: Report, Frame and Effect of PROTOCOL.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

Phase = Literal["validate", "import", "startup", "probe", "running"]
FailureClass = Literal[
    "syntax", "import", "entrypoint", "startup", "crashed", "timeout", "memory", "killed", "stalled", "exhausted"
]
Relation = Literal["cause", "context", "part"]
EffectKind = Literal["connect", "bind", "spawn", "fork", "write"]


class Frame(TypedDict):
    file: str
    line: int
    column: NotRequired[int]
    function: NotRequired[str]
    source: NotRequired[str]


class Related(TypedDict):
    relation: Relation
    type: str
    message: str
    frames: list[Frame]


class Effect(TypedDict):
    """What user code did to the world while it was imported."""

    kind: EffectKind
    detail: str
    file: NotRequired[str]
    line: NotRequired[int]


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
        "notes": NotRequired[list[str]],
        "related": NotRequired[list[Related]],
        "limitBytes": NotRequired[int],
        "peakBytes": NotRequired[int],
        "openFiles": NotRequired[int],
        "threads": NotRequired[int],
    },
)

OUTPUT_LINES = 50
EFFECTS_LIMIT = 20
OUTPUT_LINE_LIMIT = 1000
MESSAGE_LIMIT = 4000
SOURCE_LIMIT = 500
CUT_MARK = " ..."
FRAMES_LIMIT = 40
DUMPED_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$')


def cut(text: str, limit: int) -> str:
    """Return a text of bounded length, marked when something is missing."""
    return text if len(text) <= limit else text[:limit] + CUT_MARK


def find_relative(filename: str, code: Path) -> str | None:
    """Return the file's path inside the project, or None when it is not the user's."""
    try:
        path = Path(filename).relative_to(code)
    except ValueError:
        return None
    # A path that leads out again was made up, to have another file's lines told as source.
    return None if ".." in path.parts else path.as_posix()


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
    return lines[line - 1].strip()[:SOURCE_LIMIT] if 0 < line <= len(lines) else ""
