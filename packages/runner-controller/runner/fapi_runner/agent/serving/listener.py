"""The socket of an app: the agent's for the app's whole life, whoever serves on it."""

from __future__ import annotations

import socket
from pathlib import Path

BACKLOG = 2048


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
