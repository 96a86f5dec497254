"""Children that wait, isolated and rehearsed, to become anybody's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.failures import CommandError

TAKE_LIMIT_S = 10
REFILL_PAUSE_S = 0.1
TAKEN = b"t"


class Blank:
    """One waiting child as the agent sees it: until it is taken, its door is all there is."""

    def __init__(self, pid: int, keeper: int, pidfd: int, group: tuple[Path, ...], door: socket.socket) -> None:
        self.pid = pid
        self.keeper = keeper
        self.pidfd = pidfd
        self.group = group
        self._door = door
        self._door.setblocking(False)

    async def hand_over(self, plumbing: Plumbing) -> bool:
        """Give it its ends of the plumbing; False when it was dead, and they are whole and ours still."""
        loop = asyncio.get_running_loop()
        ends = plumbing.child_ends
        try:
            socket.send_fds(self._door, [json.dumps(list(ends)).encode()], list(ends.values()))
            async with asyncio.timeout(TAKE_LIMIT_S):
                told = b""
                # Only this word says that it lives: until then no user code has run in it, and another may be asked.
                while not told.endswith(TAKEN):
                    data = await loop.sock_recv(self._door, 16)
                    if not data:
                        break
                    told += data
        except (OSError, TimeoutError):
            told = b""
        except BaseException:  # nobody waits for it any more
            self.end()
            raise
        if not told.endswith(TAKEN):
            self.end()
            return False
        self._door.close()
        return True

    async def wait_ready(self) -> bool:
        """Wait until it has rehearsed; False when it ended before."""
        with contextlib.suppress(OSError):
            return await asyncio.get_running_loop().sock_recv(self._door, 1) != b""
        return False

    def end(self) -> None:
        """End it, dead or alive."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self._door.close()
        os.close(self.pidfd)


class Pool:
    """A few ready blanks, made anew in quiet moments."""

    def __init__(self, size: int, bear: Callable[[], Awaitable[Blank]]) -> None:
        self._size = size
        self._bear = bear
        self._ready: list[Blank] = []
        self._filling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self.was_full = False  # once, as it will be again after each deploy

    def take(self) -> Blank | None:
        """Return a ready blank, the one that waits longest."""
        return self._ready.pop(0) if self._ready else None

    def refill(self) -> None:
        """Make what is missing, one after the other."""
        if self._closed or (self._filling is not None and not self._filling.done()):
            return
        self._filling = asyncio.create_task(self._fill())

    def refill_later(self) -> None:
        """Make what is missing once nobody has asked for a child for a while: a deploy goes first."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(REFILL_PAUSE_S, self.refill)

    def note_end(self, pid: int) -> None:
        """Forget a blank that has ended."""
        for blank in self._ready:
            if blank.pid == pid:
                self._ready.remove(blank)
                blank.end()
                self.refill_later()
                return

    def clear(self) -> None:
        """End all blanks."""
        if self._filling is not None:
            self._filling.cancel()
        for blank in self._ready:
            blank.end()
        self._ready.clear()

    def close(self) -> None:
        """End all blanks and make no more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.clear()

    async def _fill(self) -> None:
        while len(self._ready) < self._size and not self._closed:
            try:
                blank = await self._bear()
            except CommandError:
                return  # whoever asks for a child is told why
            try:
                is_ready = await blank.wait_ready()
            except asyncio.CancelledError:
                blank.end()
                raise
            if not is_ready:
                blank.end()
                return
            self._ready.append(blank)
        self.was_full = True
