"""Where strangers wait until it is known who they are: few at a time, and none for long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from fapi_runner.agent.guard import guarded

BACKLOG = 128
# As many a second: a handshake takes a millisecond of the loop that also looks after the app.
ACCEPTED_A_SECOND = 200
FAILED_PAUSE_S = 0.1


class Porch:
    """Accepts on a socket and gives each visitor a bounded time.

    Where all places are taken, the one that has waited longest goes: who means well is through in a moment.
    """

    def __init__(
        self,
        sock: socket.socket,
        greet: Callable[[socket.socket], Coroutine[Any, Any, None]],
        places: int,
        limit_s: float,
    ) -> None:
        self._socket = sock
        self._greet = greet
        self._places = places
        self._limit_s = limit_s
        self._greetings: dict[asyncio.Task[None], None] = {}
        self._accepting: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to accept."""
        self._socket.listen(BACKLOG)
        self._accepting = asyncio.create_task(self._accept())

    def close(self) -> None:
        """Accept nobody any more, and send away who still waits."""
        if self._accepting is not None:
            self._accepting.cancel()
        for greeting in list(self._greetings):
            greeting.cancel()
        self._socket.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                visitor, _ = await loop.sock_accept(self._socket)
            except OSError:  # it left already, or there is no descriptor for it now
                await asyncio.sleep(FAILED_PAUSE_S)
                continue
            if len(self._greetings) >= self._places:
                next(iter(self._greetings)).cancel()
            greeting = asyncio.create_task(self._receive(visitor))
            self._greetings[greeting] = None
            greeting.add_done_callback(lambda task: self._greetings.pop(task, None))
            await asyncio.sleep(1 / ACCEPTED_A_SECOND)

    async def _receive(self, visitor: socket.socket) -> None:
        with contextlib.closing(visitor), guarded(), contextlib.suppress(OSError):
            async with asyncio.timeout(self._limit_s):
                await self._greet(visitor)
