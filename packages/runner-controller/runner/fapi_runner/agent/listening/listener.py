"""The socket of an app: the agent's for the app's whole life, whoever serves on it."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from collections.abc import Callable
from typing import Protocol

BACKLOG = 2048
# As long as a client that has begun may take to say its last word of three.
EMPTY_LOOKS, EMPTY_PAUSE_S, EMPTY_LIMIT_S = 10, 0.03, 2.0


class Listener(Protocol):
    """Listens for one app. Children accept on copies of `socket`; nobody may accept while the app is asleep."""

    socket: socket.socket
    address: str  # as gateways are told of it

    def has_visitors(self) -> bool:
        """Say whether anybody is connected through it, accepted or still waiting."""
        ...

    def admit_no_more(self) -> None:
        """Let no connection begin any more; those that have are still to be accepted."""
        ...

    def renew(self) -> None:
        """Listen again where somebody who held it has shut it down; `socket` may be another one then."""
        ...

    def close(self) -> None:
        """Stop listening, for whoever else holds the socket as well; twice is once."""
        ...


class Listeners(Protocol):
    """Where the apps of one agent listen."""

    def open(self, app_id: str) -> Listener:
        """Listen for an app."""
        ...


def is_broken(listener: Listener) -> bool:
    """Say whether somebody has shut it down: every child that may accept may do that, too."""
    return bool(_poll(listener, select.POLLRDHUP) & (select.POLLRDHUP | select.POLLHUP))


def is_knocked_at(listener: Listener) -> bool:
    """Say whether a connection waits to be accepted."""
    return bool(_poll(listener, select.POLLIN))


def _poll(listener: Listener, events: int) -> int:
    door = select.poll()
    door.register(listener.socket, events)
    return next((found for _, found in door.poll(0)), 0)


async def wait_empty(listener: Listener) -> None:
    """Wait for a while without anybody in the backlog, where somebody still accepts and no connection begins."""
    looks = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(EMPTY_LIMIT_S):
            while looks < EMPTY_LOOKS:
                looks = 0 if is_knocked_at(listener) else looks + 1
                await asyncio.sleep(EMPTY_PAUSE_S)


class Doorbell:
    """Tells of a connection that waits on a listener where nobody accepts."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._heard: socket.socket | None = None
        self._loop = asyncio.get_running_loop()

    def connect(self, on_knock: Callable[[], None]) -> None:
        """Call this at the first connection, at once if one waits already."""

        def ring() -> None:
            self.disconnect()
            on_knock()

        self._heard = self._listener.socket
        self._loop.add_reader(self._heard, ring)

    def disconnect(self) -> None:
        """Hear nothing any more."""
        if self._heard is not None:  # it may be closed by now
            self._loop.remove_reader(self._heard)
            self._heard = None
