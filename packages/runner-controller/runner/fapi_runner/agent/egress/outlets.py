"""The doors of one app's network: whoever comes through is connected to what was granted, within bounds."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import resource
import socket
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from fapi_runner.agent.egress.broker import Broker
from fapi_runner.agent.egress.relay import reset
from fapi_runner.agent.egress.way import Carry, ForbiddenTargetError, Way
from fapi_runner.grants import Grant, Outlet

CONNECTIONS_LIMIT = 256
CONNECT_S = 10.0
IDLE_S = 3600.0
# Between two connections of one outlet: an app that opens them in a loop must not take the agent's time from others.
ACCEPT_PAUSE_S = 0.002


class Capacity:
    """How many connections all apps together may have: each takes two of the agent's files, which it needs itself."""

    def __init__(self) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._free = files // 4

    def take(self) -> bool:
        """Have one, or learn that there is none."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Have had it."""
        self._free += 1


class Outlets:
    """All that one app's children may connect to; each child has its own listeners, the bounds are the app's."""

    def __init__(
        self,
        make_way: Callable[[], Way],
        capacity: Capacity,
        say: Callable[[str], object],
        find_granted: Callable[[], Collection[Grant] | None],
    ) -> None:
        """`find_granted`: what the app is granted now, whatever its children were made with; None while all is."""
        self._find_granted = find_granted
        self._works: dict[asyncio.Task[None], Outlet] = {}
        self._make_way = make_way
        self._capacity = capacity
        self._say = say
        self._way: Way | None = None
        self._open = 0

    def serve(self, outlets: Sequence[Outlet], listeners: Sequence[socket.socket]) -> Callable[[], None]:
        """Accept on these listeners until the function that is returned is called; then all of it is closed."""
        begin, _, end = self._begin_child()
        accepting = [
            asyncio.create_task(_accept(listener, functools.partial(begin, outlet)))
            for outlet, listener in zip(outlets, listeners, strict=True)
        ]

        def close() -> None:
            for task in accepting:
                task.cancel()
            end()

        return close

    def broker(self, outlets: Sequence[Outlet]) -> tuple[Broker, Callable[[], None]]:
        """Return who connects a child without a network of its own; and what closes all of it."""
        begin, complaints, end = self._begin_child()
        broker = Broker(outlets, begin, complaints.note)

        def close() -> None:
            broker.close()
            end()

        return broker, close

    def withdraw(self) -> None:
        """End what is open and not granted any more."""
        for work, outlet in self._works.items():
            if not self._is_granted(outlet):
                work.cancel()

    def close(self) -> None:
        """Connect to nothing any more."""
        if self._way is not None:
            self._way.close()
            self._way = None

    def _begin_child(self) -> tuple[Callable[[Outlet, socket.socket], None], Complaints, Callable[[], None]]:
        """Return what begins a connection of one child, where its troubles are said, and what ends them all."""
        if self._way is None:
            self._way = self._make_way()
        complaints = Complaints(self._say)
        works: set[asyncio.Task[None]] = set()

        def begin(outlet: Outlet, app: socket.socket) -> None:
            work = asyncio.create_task(self._carry(outlet, app, complaints))
            works.add(work)
            work.add_done_callback(works.discard)
            self._works[work] = outlet
            work.add_done_callback(self._works.pop)

        def end() -> None:
            for work in works:
                work.cancel()
            complaints.close()

        return begin, complaints, end

    def _is_granted(self, outlet: Outlet) -> bool:
        granted = self._find_granted()
        return granted is None or Grant(outlet.host, outlet.port) in granted

    async def _carry(self, outlet: Outlet, app: socket.socket, complaints: Complaints) -> None:
        place = f"{outlet.host}:{outlet.port}"
        if not self._is_granted(outlet):
            reset(app)
            complaints.note(f"withdrawn:{place}", f"The app is not connected to {place} any more: that was withdrawn.")
            return
        if self._open >= CONNECTIONS_LIMIT:
            reset(app)
            complaints.note("full", f"The app has {CONNECTIONS_LIMIT} connections open, the most it may have.")
            return
        if not self._capacity.take():
            reset(app)
            complaints.note("none", "The machine has no room for more connections of its apps.")
            return
        self._open += 1
        try:
            carry = await self._reach(outlet)
            await carry(app, IDLE_S)
        except ForbiddenTargetError as error:
            complaints.note(f"forbidden {place}", f"The app is never connected to {place}: {error}.")
        except TimeoutError:
            complaints.note(f"silent {place}", f"{place} was silent for too long: the connection was ended.")
        except OSError as error:
            complaints.note(f"failed {place}", f"{place} could not be connected to: {_explain(error)}.")
        finally:
            self._open -= 1
            self._capacity.give_back()
            reset(app)

    async def _reach(self, outlet: Outlet) -> Carry:
        if self._way is None:
            raise ConnectionError("the app is being removed")
        async with asyncio.timeout(CONNECT_S):
            return await self._way.reach(outlet.host, outlet.port)


class Complaints:
    """Says each kind of trouble once, and at the end how often it was there."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._counts: Counter[str] = Counter()
        self._texts: dict[str, str] = {}

    def note(self, kind: str, text: str) -> None:
        """Count one."""
        self._counts[kind] += 1
        if self._counts[kind] == 1:
            self._texts[kind] = text
            self._say(text)

    def close(self) -> None:
        """Sum up."""
        for kind, count in self._counts.items():
            if count > 1:
                self._say(f"{self._texts[kind]} So it was {count} times.")
        self._counts.clear()


def _explain(error: OSError) -> str:
    # The event loop writes addresses into its texts, and the number of a name server's error is none of the system's.
    if error.errno is None or isinstance(error, socket.gaierror):
        return error.strerror or str(error)
    return os.strerror(error.errno)


async def _accept(listener: socket.socket, begin: Callable[[socket.socket], None]) -> None:
    loop = asyncio.get_running_loop()
    # Closed here, where the loop has let go of it: a number that is free sooner may be another's by then.
    with listener:
        listener.setblocking(False)
        while True:
            # An error is of that one connection, or it will pass.
            with contextlib.suppress(OSError):
                app, _ = await loop.sock_accept(listener)
                app.setblocking(False)
                begin(app)
            await asyncio.sleep(ACCEPT_PAUSE_S)
