"""A workbench serves nobody: its apps have a listener that nobody can reach."""

from __future__ import annotations

import socket


class NoListeners:
    """Where nobody listens."""

    def open(self, app_id: str) -> NoListener:
        """Return what stands for a listener."""
        return NoListener()


class NoListener:
    """A socket without an address."""

    address = ""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def has_visitors(self) -> bool:
        """Nobody ever is."""
        return False

    def admit_no_more(self) -> None:
        """Nobody ever is."""

    def renew(self) -> None:
        """Nobody ever could."""

    def close(self) -> None:
        """Let go of the socket."""
        self.socket.close()
