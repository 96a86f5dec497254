"""Puts an app to sleep when nobody asks for it, and wakes it for the next who does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from fapi_runner.agent.disk.state import AppRecord
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.listening.listener import Doorbell, Listener
from fapi_runner.agent.outcomes import has_succeeded
from fapi_runner.agent.serving.notices import Notices
from fapi_runner.agent.serving.parking import freeze_if_free
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.agent.serving.seat import DRAIN_S, Seat
from fapi_runner.agent.serving.vigil import Vigil

RETRY_S = 1.0
TELL_LATER_S = 0.02

Depth = Literal["frozen", "gone"]


class Slumber:
    """Frozen keeps the memory and wakes at once; gone keeps the listener alone and wakes by a start."""

    def __init__(
        self,
        record: AppRecord,
        seat: Seat,
        listener: Listener,
        start: Callable[[], Coroutine[Any, Any, None]],
        notices: Notices,
    ) -> None:
        self._record = record
        self._seat = seat
        self._listener = listener
        self._doorbell = Doorbell(listener)
        self._start = start
        self._notices = notices
        self._starting: asyncio.Task[None] | None = None
        self._falling: asyncio.Task[None] | None = None
        self._try_again_at = 0.0

    @property
    def depth(self) -> Depth | None:
        """How deep the app sleeps; None while it is awake, stopped or crashed."""
        if self._seat.active is not None:
            return "frozen" if self._seat.active.is_frozen else None
        return "gone" if self._record.wanted == "asleep" else None

    @property
    def is_waking(self) -> bool:
        """Whether a start is under way for somebody who knocked."""
        return self.depth == "gone" and self._starting is not None and not self._starting.done()

    def look(self, runner: Runner, vigil: Vigil) -> None:
        """Fall asleep when the app's policy says that it was idle for long enough."""
        policy, now = self._record.policy, time.monotonic()
        if now < self._try_again_at or (self._falling is not None and not self._falling.done()):
            return
        if policy.idle_stop_s is not None and vigil.idle_s >= policy.idle_stop_s:
            self._falling = asyncio.create_task(self._fall(runner, self.end))
        # One whose loop stands still would not answer, and whoever wants to take its place would wait for that.
        elif vigil.is_silent or runner.is_frozen:
            return
        elif policy.idle_freeze_s is not None and vigil.idle_s >= policy.idle_freeze_s:
            self._try_again_at = now + RETRY_S
            self._falling = asyncio.create_task(self._fall(runner, self.freeze))

    async def freeze(self) -> str:
        """Freeze who serves; otherwise say what it is busy with. Under the seat's lock."""
        runner = self._seat.active
        if runner is None or runner.is_frozen:
            return ""
        work = await runner.find_work()
        if work:
            return work
        if not await freeze_if_free(runner):
            return "a file lock, a request, or a call that cannot be stopped"
        # It accepts until the very end: who came in between is in there now, or waits at the door.
        if self._listener.has_visitors():
            runner.thaw()
            return "open connections"
        self._doorbell.connect(self._on_knock)
        self._notices.changed()
        return ""

    async def end(self) -> None:
        """End who serves and keep the listener. Under the seat's lock."""
        self._doorbell.disconnect()
        former = await self._seat.vacate(DRAIN_S)
        if former is not None:
            await former.wait_drained()
            await former.leave()
        self.lie_down()

    def lie_down(self) -> None:
        """Wait for the next connection, with nobody there to accept it."""
        self._record.wanted = "asleep"
        self._doorbell.connect(self._on_knock)
        self._notices.changed()

    def rouse(self) -> None:
        """Be awake for a change of who serves."""
        self._doorbell.disconnect()
        if self._seat.active is not None:
            self._seat.active.thaw()

    def settle(self) -> None:
        """Go on sleeping when the change came to nothing."""
        if self.depth == "gone":
            self._doorbell.connect(self._on_knock)

    async def wake(self) -> None:
        """Have it serve again."""
        depth = self.depth
        self.rouse()
        if depth == "gone":
            starting = self._begin_start()
            try:
                await asyncio.shield(starting)
            except asyncio.CancelledError:
                if starting.cancelled():
                    raise CommandError("stale_generation", "A newer command ended this start.") from None
                raise
        elif depth == "frozen":
            self._notices.changed()

    def close(self) -> None:
        """Wake no more."""
        self._doorbell.disconnect()
        for task in (self._starting, self._falling):
            if task is not None:
                task.cancel()

    async def _fall(self, runner: Runner, asleep: Callable[[], Coroutine[Any, Any, object]]) -> None:
        async with self._seat.lock:
            # Somebody may have come, or another may serve, since this was decided.
            if runner is self._seat.active:
                await asleep()

    def _on_knock(self) -> None:
        runner = self._seat.active
        if runner is not None:
            runner.thaw()
            # Whoever knocked goes first.
            asyncio.get_running_loop().call_later(TELL_LATER_S, self._notices.changed)
        else:
            self._begin_start()

    def _begin_start(self) -> asyncio.Task[None]:
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(has_succeeded)  # who knocked at the door does not wait for us
            self._notices.changed()
        return self._starting
