"""Connects a child that has no network of its own: each of its calls to connect is put to us, and we make it or not.

What the child meets is what it would meet in a network of its own (see `outlets`): the same addresses, the same errors,
and of names those that were granted. Our answer never waits for anybody, for the child's thread stands still meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable, Sequence

from fapi_runner import calls
from fapi_runner.agent.egress.names import serve_names
from fapi_runner.grants import Outlet

# Where the C library asks when it is told of no name server; user code cannot read of any.
RESOLVER = ("127.0.0.1", 53)
RESOLVINGS_LIMIT = 32
# Between two calls: a child that calls in a loop must not take the agent's time from others.
CALL_PAUSE_S = 0.002


class Broker:
    """Answers one child, and all that it forks; what it wants is refused until `open`, but for names."""

    def __init__(
        self,
        outlets: Sequence[Outlet],
        begin: Callable[[Outlet, socket.socket], None],
        complain: Callable[[str, str], None],
    ) -> None:
        self._outlets = {(outlet.address, outlet.port): outlet for outlet in outlets}
        self._ports = {outlet.port for outlet in outlets}
        self._names = {outlet.host.lower(): outlet.address for outlet in outlets}
        self._begin = begin
        self._complain = complain
        self._loop = asyncio.get_running_loop()
        self._listener: int | None = None
        self._resolvings: set[asyncio.Task[None]] = set()
        self._is_open = False

    def listen(self, listener: int) -> None:
        """Answer the calls that come there from now on; it is ours to close."""
        self._listener = listener
        self._loop.add_reader(listener, self._hear)

    def open(self) -> None:
        """Let it have what it was granted."""
        self._is_open = True

    def close(self) -> None:
        """Answer nothing any more: a call that waits fails, as every later one."""
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            os.close(self._listener)
            self._listener = None
        for resolving in self._resolvings:
            resolving.cancel()

    def _hear(self) -> None:
        listener = self._listener
        if listener is None:
            return
        if calls.has_call(listener):
            self._answer(listener)
            self._loop.remove_reader(listener)
            self._loop.call_later(CALL_PAUSE_S, self._go_on)
        elif not calls.has_callers(listener):
            self.close()

    def _go_on(self) -> None:
        if self._listener is not None:
            self._loop.add_reader(self._listener, self._hear)

    def _answer(self, listener: int) -> None:
        try:
            call = calls.receive_call(listener)
        except OSError as error:
            # A descriptor that is none is the app's own mistake, and it was told so.
            if error.errno != errno.EBADF:
                self._complain("unread", f"A connection of the app was refused unseen: {error.strerror}.")
            return
        if call is None:
            return
        try:
            self._connect(listener, call)
        except OSError as error:
            calls.refuse_call(listener, call.id, error.errno or errno.EIO)

    def _connect(self, listener: int, call: calls.Call) -> None:
        """Give it a connection whose other end is ours; raise OSError, which is then the answer."""
        if call.place is None:
            raise OSError(errno.EACCES, "no place of the internet")
        outlet = self._outlets.get(call.place)
        if outlet is None and call.place == RESOLVER and len(self._resolvings) < RESOLVINGS_LIMIT:
            resolving = asyncio.create_task(serve_names(self._make_pair(listener, call), self._names))
            self._resolvings.add(resolving)
            resolving.add_done_callback(self._resolvings.discard)
            return
        if call.place[1] not in self._ports:
            raise OSError(errno.EACCES, "no port of a grant")
        if outlet is None or not self._is_open:
            raise OSError(errno.ENETUNREACH, "no address of a grant")
        self._begin(outlet, self._make_pair(listener, call))

    def _make_pair(self, listener: int, call: calls.Call) -> socket.socket:
        theirs, ours = calls.make_pair()
        with theirs, contextlib.ExitStack() as failing:
            failing.callback(ours.close)
            calls.give(listener, call, theirs)
            failing.pop_all()
        ours.setblocking(False)
        return ours
