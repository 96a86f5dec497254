"""Finds requests that hold a thread and do not end: nobody else would tell, for the event loop goes on turning."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from types import FrameType
from typing import TYPE_CHECKING

from anyio._backends._asyncio import WorkerThread

from fapi_runner.child.frames import list_running_frames
from fapi_runner.protocol import Json
from fapi_runner.report import Frame, Report

if TYPE_CHECKING:
    from starlette.types import Scope

ENDLESS_S = 30.0
LOOK_S = 2.0
TOLD_AT_A_LOOK = 5  # of more the agent thinks that they are not ours
HINT = "It keeps a thread, and maybe a core, until it ends or the next deploy: bound its loop, give calls a timeout."

# In every thread in which a `def` route or dependency runs.
WORKER = WorkerThread.run.__code__

Waiting = dict[int, tuple[int, "Scope"]]


class EndlessFinder:
    """Looks at the requests that wait for the first byte of their answer, the oldest first, and tells of each once.

    One that only awaits something is at peace: people poll so on purpose.
    """

    def __init__(self, waiting: Waiting, code: Path, tell: Callable[[Json], object]) -> None:
        self._waiting = waiting
        self._code = code
        self._tell = tell
        self._told: set[int] = set()

    def look(self) -> None:
        """Look now, and again and again."""
        asyncio.get_running_loop().call_later(LOOK_S, self.look)
        oldest = perf_counter_ns() - int(ENDLESS_S * 1e9)
        old = {key: scope for key, (since, scope) in list(self._waiting.items()) if since < oldest}
        was_told = bool(self._told)
        self._told &= old.keys()
        for key in [key for key in old if key not in self._told][:TOLD_AT_A_LOOK]:
            if frames := self._find_frames(_get_code(old[key])):
                self._told.add(key)
                self._tell({"kind": "trouble", "report": self._describe(old[key], frames)})
        if was_told and not self._told:
            self._tell({"kind": "trouble", "report": None})

    def _describe(self, scope: Scope, frames: list[Frame]) -> Report:
        place = f"{frames[-1]['file']}, line {frames[-1]['line']}"
        message = f"{scope['method']} {scope['path']} was not answered in {ENDLESS_S:g} s and is in {place}."
        report: Report = {"phase": "running", "class": "timeout", "message": message, "frames": frames, "output": []}
        report["hint"] = HINT
        return report

    def _find_frames(self, own: object) -> list[Frame]:
        """Return where the endpoint's thread is; a dependency's, where only one is at work that is no other's."""
        known = [_get_code(scope) for _, scope in self._waiting.values()]
        stacks = [_walk(frame) for frame in sys._current_frames().values()]
        workers = [stack for stack in stacks if any(frame.f_code == WORKER for frame in stack)]
        held = [stack for stack in workers if any(frame.f_code is own for frame in stack)]
        free = [stack for stack in workers if all(frame.f_code not in known for frame in stack)]
        found = [frames for stack in held or free if (frames := list_running_frames(stack, self._code))]
        return found[0] if found and (held or len(found) == 1) else []


def _get_code(scope: Scope) -> object:
    return getattr(scope.get("endpoint"), "__code__", None)


def _walk(frame: FrameType | None) -> list[FrameType]:
    stack = []
    while frame is not None:
        stack.append(frame)
        frame = frame.f_back
    return stack[::-1]
