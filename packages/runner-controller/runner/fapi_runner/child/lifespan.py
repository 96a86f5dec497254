"""Drives an app's lifespan and keeps what it raised, which uvicorn's own driver only logs."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message


class Lifespan:
    """One app's startup and shutdown; an app that knows no lifespan is fine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._error: BaseException | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the startup half and raise what the user's code raised."""
        self._task = asyncio.create_task(self._run())
        self._inbox.put_nowait({"type": "lifespan.startup"})
        outcome = await self._started
        if outcome.startswith("failed"):
            await self._task  # it ends with the exception that says why
            raise self._error or RuntimeError(outcome.removeprefix("failed") or "The app reported a failed startup.")

    async def stop(self) -> None:
        """Run the shutdown half and raise what the user's code raised."""
        if self._task is None or self._task.done():
            return
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        await self._task
        if self._error is not None:
            raise self._error

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self.app(scope, self._inbox.get, self._send)
        except BaseException as error:  # noqa: BLE001 - sys.exit() in a lifespan must become a report too
            self._error = error
        if not self._started.done():
            # Raised or returned without a word about startup: it does not speak lifespan.
            self._settle("unsupported" if not isinstance(self._error, SystemExit) else "failed")

    async def _send(self, message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            self._settle("complete")
        elif message["type"] == "lifespan.startup.failed":
            self._settle("failed" + message.get("message", ""))

    def _settle(self, outcome: str) -> None:
        if not self._started.done():
            self._started.set_result(outcome)
