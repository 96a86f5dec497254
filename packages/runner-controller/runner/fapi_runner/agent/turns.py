"""Whose tests, and whose conversion, run now: few at once, one of an app, and none of an app that is removed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakValueDictionary

from fapi_runner.agent.failures import CommandError


class Turns:
    """The turns of one agent."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._runs: dict[asyncio.Task[Any], str] = {}
        self._removed: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def take(self, app_id: str, wait_s: float) -> AsyncIterator[None]:
        """Have a turn; raise CommandError when none comes within this time, or when the app is removed."""
        task = asyncio.current_task()
        assert task is not None
        own = self._own.setdefault(app_id, asyncio.Lock())
        self._runs[task] = app_id
        try:
            async with contextlib.AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(wait_s):
                        # The app's own first: its other runs wait for it, and not before other apps.
                        await held.enter_async_context(own)
                        await held.enter_async_context(self._free)
                except TimeoutError:
                    message = f"Other tests or conversions run here, and none has ended within {wait_s:g} s."
                    raise CommandError("busy", message) from None
                yield
        except asyncio.CancelledError:
            if task not in self._removed:
                raise
            task.uncancel()
            raise CommandError("unknown_app", "The app was removed meanwhile.") from None
        finally:
            del self._runs[task]
            self._removed.discard(task)

    def end(self, app_id: str) -> None:
        """End what runs or waits for this app."""
        for task, owner in self._runs.items():
            if owner == app_id and task not in self._removed:
                self._removed.add(task)
                task.cancel()
