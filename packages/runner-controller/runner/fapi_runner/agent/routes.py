"""The table that gateways route by, and who has applied which version of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fapi_runner.protocol import Json


class GatewayWatch:
    """One gateway's connection to the table."""

    def __init__(self, send: Callable[[Json], None]) -> None:
        self.send = send
        self.applied = 0


class Routes:
    """Versions of the whole table, sent to every gateway that watches."""

    def __init__(self, list_routes: Callable[[], list[Json]]) -> None:
        self._list = list_routes
        self._sent: list[Json] = []
        self._watches: set[GatewayWatch] = set()
        self._changed = asyncio.Event()
        self.version = 1

    def publish(self) -> None:
        """Send the table if it differs from what was sent last."""
        table = self._list()
        if table != self._sent:
            self._sent = table
            self.version += 1
            for watch in self._watches:
                watch.send(self._describe())

    def add(self, watch: GatewayWatch) -> None:
        """Send the table now and at each change."""
        self._watches.add(watch)
        watch.send(self._describe())

    def remove(self, watch: GatewayWatch) -> None:
        """A gateway that is gone is waited for no longer."""
        self._watches.discard(watch)
        self._wake()

    def note_applied(self, watch: GatewayWatch, version: int) -> None:
        """Note that a gateway routes by this version."""
        watch.applied = max(watch.applied, version)
        self._wake()

    async def wait_applied(self, version: int, timeout_s: float) -> bool:
        """Wait until every gateway routes by this version; False when time ran out."""
        try:
            async with asyncio.timeout(timeout_s):
                while any(watch.applied < version for watch in self._watches):
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _describe(self) -> Json:
        return {"version": self.version, "routes": self._sent}
