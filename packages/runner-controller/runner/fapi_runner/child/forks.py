"""Keeps the runner's own sockets out of the processes that user code forks.

A connection ends for its peer when the last process has closed it: a worker that lives as long as the app would keep
the agent and every client waiting for an end that never comes, and two processes would accept at the same door.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Protocol


class HasFileno(Protocol):
    def fileno(self) -> int: ...


class PrivateSockets:
    """What every later fork of this process loses, those among it that are open at that time."""

    def __init__(self, *sockets: HasFileno) -> None:
        self._lists: list[Callable[[], Iterable[HasFileno]]] = [lambda: sockets]
        os.register_at_fork(after_in_child=self._lose)

    def add(self, list_sockets: Callable[[], Iterable[HasFileno]]) -> None:
        """Ask this as well."""
        self._lists.append(list_sockets)

    def _lose(self) -> None:
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        # Not closed: the numbers would be the user's next files, and objects that still hold them would close those.
        for fd in {sock.fileno() for list_sockets in self._lists for sock in list_sockets()} - {-1}:
            os.dup2(null, fd, inheritable=False)
        os.close(null)
