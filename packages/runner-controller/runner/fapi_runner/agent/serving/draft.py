"""One draft of an editing session: a child that imports it ahead of any deploy, and what it found."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from fapi_runner.agent.children.logs import Intake, Stream
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.disk.view import View
from fapi_runner.agent.failures import UserCodeError
from fapi_runner.agent.serving.keys import DraftKey
from fapi_runner.agent.serving.runner import DraftError, Runner
from fapi_runner.protocol import Json
from fapi_runner.report import Effect

LINES_HELD = 200
VERBS = {"connect": "connects to", "bind": "binds", "spawn": "starts", "fork": "forks", "write": "writes"}


class HeldOutput:
    """Keeps a draft's lines to itself: they belong to the app's log once the draft is deployed, and never before."""

    def __init__(self) -> None:
        self._held: list[tuple[Stream, list[str]]] = []
        self._missed: Counter[Stream] = Counter()
        self._sink: Intake | None = None

    def hand_over(self, sink: Intake) -> None:
        """Send everything held, and what follows, to this sink."""
        self._sink = sink
        for stream, lines in self._held:
            sink.write(stream, lines)
        # As a number: there may be as many as a child can print in all the time that somebody types.
        for stream, count in self._missed.items():
            sink.drop(stream, count)
        self._held.clear()

    def write(self, stream: Stream, lines: list[str]) -> None:
        if self._sink is not None:
            self._sink.write(stream, lines)
        else:
            room = LINES_HELD - sum(len(held) for _, held in self._held)
            if room > 0:
                self._held.append((stream, lines[:room]))
            self._missed[stream] += len(lines[max(room, 0) :])

    def skip(self, stream: Stream, lines: bytes) -> None:
        if self._sink is not None:
            self._sink.skip(stream, lines)
        else:
            self._missed[stream] += lines.count(b"\n")

    def is_flooded(self, stream: Stream) -> bool:
        return self._sink.is_flooded(stream) if self._sink is not None else self._missed.total() > 0


class Draft:
    """A release on its way; `outcome` is what the editor is told, `runner` is there while it may be adopted."""

    def __init__(self, session: str, sequence: int, key: DraftKey, release: Release) -> None:
        self.session = session
        self.sequence = sequence
        self.key = key
        self.release = release
        self.used_at = time.monotonic()
        self.runner: Runner | None = None
        self.output = HeldOutput()
        self.view: View | None = None
        self.was_dropped = False
        self.has_core = False  # while it is being made
        self._making: asyncio.Task[Json] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being made of it now."""
        return self._making is None or self._making.done()

    def begin(self, make: Callable[[Draft], Awaitable[Runner]]) -> asyncio.Task[Json]:
        """Start to make the child."""
        self._making = asyncio.create_task(self._make(make))
        return self._making

    async def wait(self) -> Json:
        """Wait for the outcome, however it was begun."""
        if self._making is None:
            raise RuntimeError("this draft was never begun")
        return await asyncio.shield(self._making)

    def drop(self) -> None:
        """End it, prepared or not yet."""
        self.was_dropped = True
        if self._making is not None:
            self._making.cancel()
        if self.runner is not None:
            self.runner.dismiss()
            self.runner = None

    async def take(self, folder: Path) -> Runner | None:
        """Hand over the child, for the app's real folder from here on; None when it is no good for that."""
        with contextlib.suppress(UserCodeError):  # the deploy that asks will say what is wrong itself
            await self.wait()
        runner, self.runner = self.runner, None
        if runner is None or self.view is None or runner.process.ended.done():
            return None
        runner.view = self.view
        self.view.give_way(folder)
        return runner

    async def _make(self, make: Callable[[Draft], Awaitable[Runner]]) -> Json:
        started = time.perf_counter()
        try:
            self.runner = await make(self)
            told = self.runner.prepared
            outcome = {"routes": told["routes"], "openapi": told.pop("openapi"), "sideEffects": told["sideEffects"]}
            reason = self._find_reason(told["sideEffects"], told["readData"])
        except DraftError as error:
            # Where it lives it may well connect: what failed for want of that is no error of the code.
            if not any(effect["kind"] == "connect" for effect in error.effects) and self._is_whole:
                raise
            outcome = {"routes": [], "openapi": None, "sideEffects": error.effects}
            reason = self._find_reason(error.effects, False) or "It could not be imported without its files."
            reason += f" Its import ended with {error.report['message']}"
        if reason and self.runner is not None:
            self.runner.dismiss()
            self.runner = None
        duration_ms = round((time.perf_counter() - started) * 1000, 3)
        return outcome | {"durationMs": duration_ms, "prepared": not reason} | ({"reason": reason} if reason else {})

    @property
    def _is_whole(self) -> bool:
        return self.view is None or self.view.is_whole

    def _find_reason(self, effects: list[Effect], has_read_data: bool) -> str:
        if effects:
            first = effects[0]
            place = f" ({first['file']}, line {first['line']})" if "file" in first else ""
            detail = f" {first['detail']}" if first["detail"] else ""
            return f"It {VERBS[first['kind']]}{detail}{place} while it is imported: it is prepared on the click only."
        if has_read_data:
            return "It reads files of its folder while it is imported: it is prepared on the click only."
        if not self._is_whole:
            return "Its folder holds too many files to be copied for a draft: it is prepared on the click only."
        return ""
