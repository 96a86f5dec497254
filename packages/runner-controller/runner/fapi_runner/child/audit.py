"""Sees what user code does while it is imported: to the world, to its folder, and to the former revision's assets.

A draft is imported before anyone asked for it to run. What it does meanwhile happened too early and may happen again,
so such an app is prepared on the click only. And a child that shares the app's folder with who serves now finds the
former revision's assets there until the switch: one that read them is imported once more after it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from fapi_runner.report import EFFECTS_LIMIT, Effect, EffectKind, find_relative

DETAIL_LIMIT = 200
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

Arguments = tuple[object, ...]

# Which event is which kind, and which of its arguments says to or of what.
EVENTS: dict[str, tuple[EffectKind, int]] = {
    "socket.connect": ("connect", 1),
    "socket.sendto": ("connect", 1),
    "socket.sendmsg": ("connect", 1),
    "socket.getaddrinfo": ("connect", 0),
    "socket.gethostbyname": ("connect", 0),
    "socket.bind": ("bind", 1),
    "subprocess.Popen": ("spawn", 1),
    "os.system": ("spawn", 0),
    "os.exec": ("spawn", 0),
    "os.posix_spawn": ("spawn", 0),
    "os.fork": ("fork", 0),
    "os.forkpty": ("fork", 0),
    "os.mkdir": ("write", 0),
    "os.rename": ("write", 1),
    "os.remove": ("write", 0),
    "os.rmdir": ("write", 0),
    "os.truncate": ("write", 0),
    "os.link": ("write", 1),
    "os.symlink": ("write", 1),
    "os.chmod": ("write", 0),
    "os.chown": ("write", 0),
    "os.utime": ("write", 0),
    "sqlite3.connect": ("write", 0),
}
READING = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}


class ImportAudit:
    """Watches from its making until `stop`; an audit hook cannot be taken away, only be made idle."""

    def __init__(self, code: Path, is_draft: bool) -> None:
        self.effects: list[Effect] = []
        self.has_read_data = False
        self.has_read_former = False
        self._code = code
        self._code_prefix = str(code) + os.sep
        self._revisions = str(code.parent) + os.sep
        self._folder = os.path.realpath(".") + os.sep
        self._see: Callable[[str, Arguments], None] | None = self._see_draft if is_draft else self._see_reading
        sys.addaudithook(self._hook)

    def guard(self) -> None:
        """End this process at the next effect: a thread of the import is at work, and nobody asked for it to run."""
        self._see = self._end_at_effect

    def stop(self) -> None:
        """Look no further."""
        self._see = None

    def _hook(self, event: str, arguments: Arguments) -> None:
        if self._see is not None:
            self._see(event, arguments)

    def _end_at_effect(self, event: str, arguments: Arguments) -> None:
        self.effects = []
        self._see_draft(event, arguments)
        if self.effects:
            os._exit(0)

    def _see_draft(self, event: str, arguments: Arguments) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITING:
                self._note_write(path)
            else:
                self._see_reading(event, arguments)
        elif event in EVENTS:
            kind, index = EVENTS[event]
            subject = arguments[index] if index < len(arguments) else ""
            if kind == "write":
                self._note_write(subject)
            else:
                self._note(kind, subject)
        elif event in READING:
            self._see_reading(event, arguments)

    def _see_reading(self, event: str, arguments: Arguments) -> None:
        if event not in READING:
            return
        path = _read_path(arguments[0]) if arguments else None
        if path is None or (os.path.isabs(path) and not path.startswith(self._folder)):
            return
        real = os.path.realpath(path) + os.sep
        if real.startswith(self._folder):
            self.has_read_data = self.has_read_data or os.path.lexists(path)
        elif real.startswith(self._revisions) and not real.startswith(self._code_prefix):
            self.has_read_former = True

    def _note_write(self, subject: object) -> None:
        path = _read_path(subject)
        if not path or path.startswith(("/dev/", ":memory:", "file::memory:")):
            return
        # What is written into the throw-away folder is lost with it: the app would miss it afterwards.
        own = os.path.realpath(path).removeprefix(self._folder)
        self._note("write", own)

    def _note(self, kind: EffectKind, subject: object) -> None:
        detail = _describe(subject)
        if len(self.effects) >= EFFECTS_LIMIT or any((e["kind"], e["detail"]) == (kind, detail) for e in self.effects):
            return
        effect = Effect(kind=kind, detail=detail)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            file = find_relative(frame.f_code.co_filename, self._code)
            if file is not None:
                effect["file"], effect["line"] = file, frame.f_lineno
                break
            frame = frame.f_back
        self.effects.append(effect)


def _read_path(subject: object) -> str | None:
    """Return the path as text; a number is a file that is open already."""
    if isinstance(subject, os.PathLike):
        subject = os.fspath(subject)
    if isinstance(subject, bytes):
        return os.fsdecode(subject)
    return subject if isinstance(subject, str) else None


def _describe(subject: object) -> str:
    if isinstance(subject, tuple):
        text = ":".join(str(part) for part in subject[:2])
    elif isinstance(subject, list):
        text = " ".join(str(part) for part in subject)
    else:
        text = os.fsdecode(subject) if isinstance(subject, bytes) else str(subject)
    return text[:DETAIL_LIMIT]
