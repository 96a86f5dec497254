"""How connections of apps get out of where the agent stands."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Protocol

# Carries between an app's socket and what was reached until both have ended; takes how long nothing may move.
Carry = Callable[[socket.socket, float], Awaitable[None]]


class ForbiddenTargetError(Exception):
    """The place is one that no app may be connected to: the message says which one, and why."""


class Way(Protocol):
    """The way out of one app."""

    async def reach(self, host: str, port: int) -> Carry:
        """Connect to a place; raise OSError, or ForbiddenTargetError without having tried."""
        ...

    def close(self) -> None:
        """Connect to nothing any more."""
        ...
