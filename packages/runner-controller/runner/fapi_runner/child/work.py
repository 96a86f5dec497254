"""What a child still has to do or holds open: one with anything of it must not be frozen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
import stat
from collections.abc import Iterable
from typing import TypedDict

from fapi_runner.child.forks import HasFileno


class Work(TypedDict):
    """Counts; all zero means that nothing would be missed while this process stands still."""

    guests: int
    outbound: int
    tasks: int
    processes: int


class Survey:
    """Counts the work of this process against what was there when it began to serve."""

    def __init__(self) -> None:
        # What the app started with, a poller for example, is its way of life and no piece of work.
        self._resident = asyncio.all_tasks()

    def count(self, guests: int, draining: asyncio.Task[None] | None, own: Iterable[HasFileno]) -> Work:
        """Return the work there is now; the draining and the sockets of guests are the runner's own."""
        others = asyncio.all_tasks() - self._resident - {draining}
        outbound = _count_outbound({sock.fileno() for sock in own})
        return Work(guests=guests, outbound=outbound, tasks=len(others), processes=int(_has_processes()))


def _has_processes() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _count_outbound(own: set[int]) -> int:
    """Return how many sockets beside our own are connected to a named peer: those of socket pairs have no names."""
    count = 0
    for fd in set(_list_open()) - own:
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                with socket.socket(fileno=os.dup(fd)) as sock:
                    count += bool(sock.getpeername())
    return count


def _list_open() -> Iterable[int]:
    try:
        return [int(name) for name in os.listdir("/proc/self/fd")]
    except OSError:  # there is no /proc behind some layers
        return range(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
