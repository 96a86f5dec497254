"""The shapes in which a child tells of user code: Report, Frame and Effect of PROTOCOL.md."""

from __future__ import annotations

import re
from os import fspath
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, TypeVar

Phase = Literal["validate", "import", "startup", "probe", "running"]
FailureClass = Literal[
    "syntax", "import", "entrypoint", "startup", "crashed", "timeout", "memory", "killed", "stalled", "exhausted"
]
Relation = Literal["cause", "context", "part"]
EffectKind = Literal["connect", "bind", "spawn", "fork", "write"]

WHILE: dict[Phase, str] = {
    "validate": "while it was checked",
    "import": "while it was imported",
    "startup": "while it was starting",
    "probe": "while it was starting",
    "running": "while it was running",
}
OPEN_FILES_HINT = "Files or connections are opened and never closed: use `with`, and one client for all requests."


class Frame(TypedDict):
    """One place of a stack, by the user's own name of the file; lines and columns from 1."""

    file: str
    line: int
    column: NotRequired[int]
    function: NotRequired[str]
    source: NotRequired[str]


class Related(TypedDict):
    """An exception that led to the reported one, or is part of it."""

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
        "variable": NotRequired[str],
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
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
DUMPED_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<function>.+)$')

T = TypeVar("T")


def make_plain(value: T) -> T:
    """Return a copy of a JSON value without what no database keeps: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)  # type: ignore[return-value]
    if isinstance(value, list):
        return [make_plain(item) for item in value]  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: make_plain(item) for key, item in value.items()}  # type: ignore[return-value]
    return value


def cut(text: str, limit: int) -> str:
    """Return a text of bounded length, marked when something is missing."""
    return text if len(text) <= limit else text[:limit] + CUT_MARK


def find_relative(filename: str, code: Path) -> str | None:
    """Return the file's path inside the project, or None when it is not the user's."""
    # By nothing but str's own methods: user code may have emptied pathlib, and made the name of a class of its own.
    name, root = str.__str__(filename), fspath(code) + "/"
    if not name.startswith(root):
        return None
    parts = [part for part in name[len(root) :].split("/") if part not in ("", ".")]
    # A path that leads out again was made up, to have another file's lines told as source.
    return "/".join(parts) if parts and ".." not in parts else None


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
    return _parse_stacks(dump, code)[0]


def parse_others(dump: str, code: Path) -> list[list[Frame]]:
    """Return the user's frames of each other thread that has any."""
    return [frames for frames in _parse_stacks(dump, code)[1] if frames]


def _parse_stacks(dump: str, code: Path) -> tuple[list[Frame], list[list[Frame]]]:
    current: list[Frame] = []
    others: list[list[Frame]] = []
    frames: list[Frame] | None = None
    for line in dump.splitlines():
        if line.startswith(("Current thread", "Stack (most recent")):
            frames = current = []
        elif line.startswith("Thread"):
            frames = []
            others.append(frames)
        elif frames is not None and (match := DUMPED_FRAME.match(line)):
            file = find_relative(match["file"], code)
            if file is not None:
                frame = Frame(file=file, line=int(match["line"]), function=match["function"])
                source = read_source_line(code, file, frame["line"]).strip()[:SOURCE_LIMIT]
                frames.append(frame | {"source": source} if source else frame)
    return fold_frames(current[::-1]), [fold_frames(frames[::-1]) for frames in others]


def read_source_line(code: Path, file: str, line: int) -> str:
    """Return a line of a project's file as it is, empty when it cannot be read."""
    try:
        with open(f"{fspath(code)}/{file}", encoding="utf-8", errors="replace") as source:
            # Not splitlines(), which knows more ends of a line than Python's own count does.
            lines = source.read().split("\n")
    except Exception:  # noqa: BLE001 - it is no file, or what listens to every `open` is broken; a report goes without
        return ""
    return lines[line - 1] if 0 < line <= len(lines) else ""
