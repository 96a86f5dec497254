"""The one candidate an app may have: being prepared, ready, or none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.outcomes import has_succeeded
from fapi_runner.agent.serving.births import Births
from fapi_runner.agent.serving.drafts import Drafts
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.report import Report

IDLE_S = 300.0
PATIENCE_S = 1.0  # with a draft that is still being imported: what holds it up may be that it is one


class CandidateSlot:
    """Holds a release and the task that makes its runner: from a draft that was typed before, or from nothing."""

    def __init__(
        self,
        births: Births,
        drafts: Drafts,
        on_failure: Callable[[Release, Report], None],
        on_change: Callable[[], None],
    ) -> None:
        self.release: Release | None = None
        self._task: asyncio.Task[Runner] | None = None
        self._begun_at = 0.0
        self._births = births
        self._drafts = drafts
        self._on_failure = on_failure
        self._on_change = on_change

    def find(self, generation: int, digest: str) -> asyncio.Task[Runner] | None:
        """Return the making of this release, done or not."""
        if self.release is None or not self.release.is_same(generation, digest):
            return None
        return self._task

    def begin(self, release: Release) -> asyncio.Task[Runner]:
        """Start to make a runner, in place of any other."""
        self.drop()
        self.release = release
        self._begun_at = time.monotonic()
        self._task = asyncio.create_task(self._adopt_or_make(release))
        self._task.add_done_callback(lambda task: self._settle(task, release))
        return self._task

    async def take(self, generation: int, digest: str) -> Runner:
        """Wait for the runner of this release and hand it over."""
        task = self.find(generation, digest)
        if task is not None:
            await asyncio.wait([task])
        if task is None or task is not self._task:
            message = f"No candidate of generation {generation} with digest {digest} is prepared."
            raise CommandError("unprepared", message)
        self._clear()
        return task.result()

    def end_idle(self) -> None:
        """End a candidate that nobody has activated for long: its deployment was refused or cancelled meanwhile."""
        if self._task is not None and self._task.done() and time.monotonic() - self._begun_at > IDLE_S:
            self.drop()
            self._on_change()

    def drop(self) -> None:
        """End the candidate, prepared or not yet."""
        task = self._task
        self._clear()
        if task is not None and not task.cancel() and has_succeeded(task):
            task.result().dismiss()

    async def _adopt_or_make(self, release: Release) -> Runner:
        """Take the draft over; of one that is long in the making and a fresh child whoever is ready first."""
        adopting = asyncio.create_task(self._drafts.adopt(release))
        making: asyncio.Task[Runner] | None = None
        chosen: Runner | None = None
        try:
            await asyncio.wait([adopting], timeout=PATIENCE_S)
            if not adopting.done():
                making = asyncio.create_task(self._births.make(release))
                await asyncio.wait([adopting, making], return_when=asyncio.FIRST_COMPLETED)
            if adopting.done():
                chosen = adopting.result()
            if chosen is None:
                chosen = await (making or self._births.make(release))
            return chosen
        finally:
            for task in (adopting, making):
                if task is not None:
                    _dismiss_unless(chosen, task)

    def _settle(self, task: asyncio.Task[Runner], release: Release) -> None:
        is_ours = task is self._task
        if task.cancelled() and not is_ours:  # by whoever dropped it, who tells of that
            return
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None and is_ours:
            self._clear()
        # With an empty slot, so that nobody is told of a candidate that failed.
        if isinstance(error, UserCodeError):
            self._on_failure(release, error.report)
        else:
            self._on_change()

    def _clear(self) -> None:
        self._task = None
        self.release = None


def _dismiss_unless(chosen: Runner | None, task: asyncio.Task[Runner] | asyncio.Task[Runner | None]) -> None:
    def dismiss(done: asyncio.Task[Any]) -> None:
        if has_succeeded(done) and done.result() not in (None, chosen):
            done.result().dismiss()

    task.add_done_callback(dismiss)
    task.cancel()


async def wait_for_candidate(task: asyncio.Task[Runner]) -> Runner:
    """Wait for a candidate that another command may end meanwhile."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise CommandError("stale_generation", "A newer command replaced this candidate.") from None
        raise
    except UserCodeError as error:
        raise CommandError("failed", error.report["message"], error.report) from None
