"""Says what an app holds of the machine, as its limits count it, to whoever asks."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Collection
from weakref import WeakKeyDictionary

from fapi_runner.agent.children.family_memory import measure_families
from fapi_runner.agent.disk.quota import Quota, Tenant
from fapi_runner.agent.families import Kin

# Not looked at again sooner, however often somebody asks: every look goes through all processes, or a whole folder.
MEMORY_KEPT_S = 1.0
FOLDER_KEPT_S = 2.0


class Scales:
    """The last looks of one agent."""

    def __init__(self, list_children: Callable[[], Collection[Kin]], quota: Quota) -> None:
        self._list_children = list_children
        self._quota = quota
        self._lock = asyncio.Lock()
        self._sums: dict[int, int] = {}
        self._summed_at = -math.inf
        self._folders: WeakKeyDictionary[Tenant, tuple[float, int]] = WeakKeyDictionary()

    async def weigh_memory(self, pid: int) -> int | None:
        """Return the bytes that a child and all that it has started hold of their own, None when it is gone."""
        async with self._lock:
            if pid not in self._sums or time.monotonic() - self._summed_at > MEMORY_KEPT_S:
                kin = [(child.pid, child.keeper) for child in self._list_children()]
                sums = await asyncio.to_thread(measure_families, kin)
                self._sums = {child: held for (child, _), held in zip(kin, sums, strict=True)}
                self._summed_at = time.monotonic()
        # Whoever lives holds something.
        return self._sums.get(pid) or None

    async def weigh_folder(self, tenant: Tenant) -> int:
        """Return the bytes of a folder; of one that holds more than twice its limit, no more than it takes to know."""
        async with self._lock:
            at, size = self._folders.get(tenant, (-math.inf, 0))
            if time.monotonic() - at > FOLDER_KEPT_S:
                size = (await self._quota.look_at(tenant)).size
                self._folders[tenant] = (time.monotonic(), size)
        return size
