"""Starts a crashed app again, ever more slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.failures import CommandError

BACKOFF_S = (0.0, 0.5, 2.0, 8.0)
HEALTHY_AFTER_S = 30.0
LOOP_STARTS = 3


class Revival:
    """The way back of one app; `restart` tells of its failures itself."""

    def __init__(
        self,
        restart: Callable[[Release], Awaitable[None]],
        give_up: Callable[[], object],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.restarts = 0
        self._restart = restart
        self._give_up = give_up
        self._sleep = sleep
        self._in_a_row = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_looping(self) -> bool:
        """Whether it crashes again and again, however often it is started."""
        return self._in_a_row >= LOOP_STARTS

    def reset(self) -> None:
        """Forget the crashes: another revision serves now, or this one has proven itself."""
        self._in_a_row = 0

    def begin(self, release: Release, lived_s: float = 0.0) -> None:
        """Start this release again; one that had lived long enough starts at once."""
        self.cancel()
        if lived_s >= HEALTHY_AFTER_S:
            self._in_a_row = 0
        self._task = asyncio.create_task(self._run(release))

    def cancel(self) -> None:
        """Try no further: somebody decided otherwise."""
        task, self._task = self._task, None
        # It may be the restart itself that has just succeeded.
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _run(self, release: Release) -> None:
        while True:
            await self._sleep(BACKOFF_S[min(self._in_a_row, len(BACKOFF_S) - 1)])
            self._in_a_row += 1
            self.restarts += 1
            try:
                await self._restart(release)
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, a full disk or a machine too busy: it may pass
                # Without its code it never starts, and only a controller can send that again.
                if isinstance(error, CommandError) and error.code == "unknown_revision":
                    self._give_up()
                    return
