"""Where a child goes when another has taken over: it drains, then stands frozen for a while in case it is wanted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.serving.runner import Runner

PAUSE_S = 0.1
LOCKS = Path("/proc/locks")


class Former:
    """One child that serves no longer. Until it has left it may be called back."""

    def __init__(self, runner: Runner, park_s: float, on_change: Callable[[], None]) -> None:
        self.runner = runner
        self.is_parked = False
        self.may_return = True
        self._park_s = park_s
        self._on_change = on_change
        self._unwanted = asyncio.Event()
        self.life = asyncio.create_task(self._live())

    def dismiss(self) -> None:
        """Keep it no longer than its guests need."""
        self._unwanted.set()

    async def call_back(self) -> Runner:
        """Have it go on, ready to be told to accept."""
        self.life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.life
        self.is_parked = self.may_return = False
        self.runner.thaw()
        return self.runner

    async def _live(self) -> None:
        runner = self.runner
        try:
            await self._stay(runner)
        except Exception:  # whatever it says or does, it leaves
            runner.dismiss()
            raise
        self.may_return = False
        if self.is_parked:
            self.is_parked = False
            self._on_change()
        await runner.leave()

    async def _stay(self, runner: Runner) -> None:
        await runner.wait_drained()
        if (
            self._park_s
            and not self._unwanted.is_set()
            and not await runner.find_work()
            and await freeze_if_free(runner)
        ):
            self.is_parked = True
            self._on_change()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._unwanted.wait(), self._park_s)


class Parking:
    """The formers of one app; only the newest may come back, older ones are on their way out."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._newest: Former | None = None
        self._leaving: set[Former] = set()

    def receive(self, runner: Runner, park_s: float) -> None:
        """Take a child that was told to stop accepting."""
        self.clear()
        former = self._newest = Former(runner, park_s, self._on_change)
        self._leaving.add(former)
        former.life.add_done_callback(lambda _: self._leaving.discard(former))

    def find(self, generation: int) -> Former | None:
        """Return the former of this generation while it may come back."""
        former = self._newest
        if former is None or not former.may_return or former.runner.release.generation != generation:
            return None
        return former

    def find_parked(self) -> Release | None:
        """Return whose child stands frozen."""
        return self._newest.runner.release if self._newest is not None and self._newest.is_parked else None

    def clear(self) -> None:
        """Keep nobody any longer."""
        if self._newest is not None:
            self._newest.dismiss()
            self._newest = None


async def freeze_if_free(runner: Runner) -> bool:
    """Freeze a child unless it holds a file lock, for which its successor would wait in vain."""
    await runner.freeze()
    if not runner.is_frozen:  # woken again at once
        return False
    try:
        locks = LOCKS.read_text()
    except OSError:
        return True
    if any(line.split()[4] == str(runner.process.pid) for line in locks.splitlines() if "->" not in line):
        runner.thaw()
        return False
    return True
