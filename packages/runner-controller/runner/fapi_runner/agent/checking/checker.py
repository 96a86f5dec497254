"""A limited child that checks files; when a file ends it, the file is named and another child goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.postmortem import was_killed
from fapi_runner.agent.children.process import Process
from fapi_runner.protocol import Json
from fapi_runner.validate.findings import Finding, make_finding
from fapi_runner.validate.verdict import Imports

# The child ends itself much earlier, by the processor's time; this is for one that was stopped or starved.
SILENCE_LIMIT_S = 15.0
# Files that a child has before it: it never waits for us, and few wait for it while another child has nothing to do.
AHEAD = 4


class Checked(NamedTuple):
    """What a file is by itself; `is_whole` is False when its check did not come to its end."""

    findings: list[Finding]
    imports: Imports
    is_whole: bool = True


class End(NamedTuple):
    """How a child ended that came to no end; `is_killed` says that nothing it read is to blame."""

    how: str
    is_killed: bool = False


class Silence:
    """A checker's output is nobody's."""

    def write(self, stream: Stream, lines: list[str]) -> None: ...

    def skip(self, stream: Stream, lines: bytes) -> None: ...

    def is_flooded(self, stream: Stream) -> bool:
        return False


class Checker:
    """One child at a time, until `close`; no file is taken after `over_at`, in seconds of the loop's clock."""

    def __init__(self, nursery: Nursery, code: Path, over_at: float) -> None:
        self._nursery = nursery
        self._code = code
        self._over_at = over_at
        self._process: Process | None = None

    async def check_files(self, queue: deque[str]) -> dict[str, Checked]:
        """Take files from a queue, which others may take from as well, until it is empty or time is up."""
        checked: dict[str, Checked] = {}
        taken: deque[str] = deque()
        while taken or (queue and self._find_rest_s() > 0):
            process = await self._find_process()
            while queue and len(taken) < AHEAD:
                taken.append(queue.popleft())
                await process.send({"kind": "file", "file": taken[-1]})
            if not taken:
                break  # while this child was made, others took the rest
            message, end = await self._receive(process)
            file = taken.popleft()
            if message is not None:
                checked[file] = Checked(message["findings"], message["imports"])
                continue
            checked[file] = Checked([_report_death(file, end)], [], is_whole=False)
            queue.extendleft(reversed(taken))
            taken.clear()
        return checked

    async def check_project(self, imports: dict[str, Imports]) -> list[Finding] | None:
        """Return what is wrong with the files together; None when the check did not come to its end by itself."""
        process = await self._find_process()
        for file, names in imports.items():
            await process.send({"kind": "imports", "file": file, "imports": names})
        await process.send({"kind": "project"})
        message, end = await self._receive(process)
        if end.is_killed:
            return [_report_death("", end)]
        return None if message is None else message["findings"]

    def close(self) -> None:
        """End the child; nobody waits for its end."""
        if self._process is not None:
            self._process.signal(signal.SIGKILL)

    async def _find_process(self) -> Process:
        if self._process is None:
            self._process = await self._nursery.fork(Plumbing(), Silence())
            await self._process.send({"kind": "validate", "code": str(self._code)})
        return self._process

    async def _receive(self, process: Process) -> tuple[Json | None, End]:
        """Return the child's next word, or None and how it ended."""
        limit_s = min(max(self._find_rest_s(), 0.0), SILENCE_LIMIT_S)
        try:
            if message := await process.receive(limit_s):
                return message, End("")
            end = _find_end(await process.ended, process)
        except TimeoutError:
            is_long = limit_s == SILENCE_LIMIT_S
            end = End(f"it takes longer than {limit_s:g} s" if is_long else "the check ran out of time")
            process.signal(signal.SIGKILL)
        self._process = None
        return None, end

    def _find_rest_s(self) -> float:
        return self._over_at - asyncio.get_running_loop().time()


def _report_death(file: str, end: End) -> Finding:
    message = f"{file or 'The project'} could not be checked: {end.how}."
    if end.is_killed:
        return make_finding("RES012", "error", file, message, hint="It is not to blame: check again.")
    return make_finding("RES001", "error", file, message, hint="Make the file smaller or simpler.")


def _find_end(status: int | None, process: Process) -> End:
    if process.cause is None and was_killed(status, process.memory):
        return End("the checker was killed from outside, by the system or a person", is_killed=True)
    if status is None:
        return End("the checker ended, and nobody saw how", is_killed=True)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return End("it takes more time than the checker may have")
    if os.WIFSIGNALED(status) and not process.memory.was_killed:
        return End(f"it ended the checker with signal {os.WTERMSIG(status)}")
    return End("it took the checker more memory than it may have, or ended it")
