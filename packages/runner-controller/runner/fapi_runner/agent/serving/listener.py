"""The socket of an app: the agent's for the app's whole life, whoever serves on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

BACKLOG = 2048
CONNECTED = {"02", "03"}  # still in the backlog, accepted


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


def has_visitors(listener: socket.socket) -> bool:
    """Say whether anybody is connected through the listener, accepted or still waiting."""
    # By the name it was bound to: the file was renamed since, and the kernel does not follow.
    name = str(listener.getsockname())
    lines = (line.split(maxsplit=7) for line in Path("/proc/net/unix").read_text().splitlines())
    return any(fields[5] in CONNECTED and fields[-1] == name for fields in lines)


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
