"""The socket of an app: the agent's for the app's whole life, whoever serves on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

BACKLOG = 2048
CONNECTED = "03"


def open_listener(path: Path) -> socket.socket:
    """Listen on a unix socket, in place of one that a former agent left."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.setblocking(False)
    # Bound beside and renamed over: a gateway that connects meanwhile meets the old socket or the new one, never none.
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    listener.bind(str(fresh))
    fresh.chmod(0o600)
    listener.listen(BACKLOG)
    fresh.rename(path)
    return listener


def close_listener(listener: socket.socket, path: Path) -> None:
    """Stop listening and remove the socket's file."""
    path.unlink(missing_ok=True)
    listener.close()


def has_visitors(path: Path) -> bool:
    """Say whether anybody is connected to the socket, accepted or still waiting."""
    for line in Path("/proc/net/unix").read_text().splitlines():
        fields = line.split()
        if fields[-1] == str(path) and fields[5] == CONNECTED:
            return True
    return False


class Doorbell:
    """Tells of a connection that waits on a listener where nobody accepts."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()

    def connect(self, on_knock: Callable[[], None]) -> None:
        """Call this at the first connection, at once if one waits already."""

        def ring() -> None:
            self.disconnect()
            on_knock()

        self._loop.add_reader(self._listener, ring)

    def disconnect(self) -> None:
        """Hear nothing any more."""
        self._loop.remove_reader(self._listener)
