"""Watches how much the apps keep in their folders, for no file system that we may count on counts per folder.

The kernel bounds one file (RLIMIT_FSIZE); their sum is counted here, when the disk has become fuller by more than a
little. An app that has too much may write no more until it has deleted something; one that goes on is ended. A file
that was deleted counts as long as somebody of the app keeps it open.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.causes import Cause, make_overflow
from fapi_runner.agent.disk.descent import MovedError, descend, enter_gently
from fapi_runner.agent.disk.unlinked import can_look_at, measure_unlinked
from fapi_runner.agent.families import Census, Kin
from fapi_runner.agent.guard import guarded
from fapi_runner.child.isolation.levels import Layer
from fapi_runner.child.isolation.limits import FILE_LIMIT_BYTES

MEBIBYTE = 1 << 20
ENTRIES_LIMIT = 20_000
TRIES = 3
TICK_S = 0.25
SLACK_BYTES, SLACK_ENTRIES = 4 * MEBIBYTE, 1000
TICKS_WITHOUT_LOOK = 120


class Usage(NamedTuple):
    """What a folder holds: bytes, and files and folders by number."""

    size: int
    entries: int


@dataclass(eq=False)
class Tenant:
    """A folder that user code fills, an app's, a draft's or a test run's, and what can be done about who does."""

    folder: Path
    list_pids: Callable[[], Iterable[int]]
    end_children: Callable[[Cause], object]
    say: Callable[[str], object]
    name: str = "the app's folder"
    find_limit: Callable[[], int | None] = lambda: None  # of its own, in bytes


class Quota:
    """The watch over all folders of one agent."""

    def __init__(
        self,
        root: Path,
        limit_bytes: int,
        tenants: set[Tenant],
        list_children: Callable[[], Collection[Kin]],
        room_bytes: int | None = None,
    ) -> None:
        """`room_bytes`: beyond it whoever lent the disk would take it back, with all that is there."""
        self._root = root
        self._limit = limit_bytes
        self._room = room_bytes
        self._tenants = tenants
        self._list_children = list_children
        self._full: dict[Path, Usage] = {}
        self._free = Usage(0, 0)
        self._ticks = TICKS_WITHOUT_LOOK  # the first look shows what was there before, and what came meanwhile

    def describe(self, zygote: int) -> Layer:
        """Return what `hello` tells of it; children can be looked at where their zygote can."""
        reason = (
            f"a file is bounded by the kernel, a folder's {self._limit // MEBIBYTE} MiB by a look every {TICK_S} s: "
            "what an app writes between two looks may be more"
        )
        if not can_look_at(zygote):
            reason += ", and so may what it keeps in deleted files (no CAP_SYS_PTRACE)"
        return Layer(name="folder-quota", active=True, reason=reason)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(TICK_S)
            with guarded():
                await self._look()

    async def _look(self) -> None:
        if not self._must_look():
            return
        census = await asyncio.to_thread(Census)
        for tenant in list(self._tenants):
            # One folder's trouble must not leave the others without a limit.
            with guarded():
                usage = await self.look_at(tenant, census)
                if tenant in self._tenants:
                    self._judge(tenant, usage, self._limit_of(tenant))
        present = {tenant.folder for tenant in self._tenants}
        self._full = {folder: usage for folder, usage in self._full.items() if folder in present}

    async def look_at(self, tenant: Tenant, census: Census | None = None) -> Usage:
        """Sum up one folder now, no further than it takes to know that it is too full."""
        keepers = {child.pid: child.keeper for child in self._list_children()}
        kin = [(pid, keepers.get(pid, 0)) for pid in tenant.list_pids()]
        gates = {child.gate for child in self._list_children()}
        return await asyncio.to_thread(_measure_all, tenant.folder, self._limit_of(tenant), kin, gates, census)

    def _must_look(self) -> bool:
        free = os.statvfs(self._root)
        now = Usage(free.f_bfree * free.f_frsize, free.f_ffree)
        self._ticks += 1
        is_fuller = self._free.size - now.size > SLACK_BYTES or self._free.entries - now.entries > SLACK_ENTRIES
        if not (is_fuller or self._full or self._ticks >= TICKS_WITHOUT_LOOK):
            self._free = Usage(max(now.size, self._free.size), max(now.entries, self._free.entries))
            return False
        self._free, self._ticks = now, 0
        return True

    def _limit_of(self, tenant: Tenant) -> int:
        own = tenant.find_limit()
        limit = self._limit if own is None else own
        return limit if self._room is None else min(limit, self._room)

    def _judge(self, tenant: Tenant, usage: Usage, limit: int) -> None:
        before = self._full.get(tenant.folder)
        if usage.size <= limit and usage.entries <= ENTRIES_LIMIT:
            if self._full.pop(tenant.folder, None) is not None:
                _let_write(tenant, limit)
            return
        grew = before is not None and (usage.size - before.size > SLACK_BYTES or usage.entries > before.entries)
        self._full[tenant.folder] = usage
        is_held = _limit_all(tenant, 0)
        if before is None:
            # Of another user's process the limits are changed only with a capability that a container's root lacks.
            follows = "It can write no more until some are deleted." if is_held else "It is ended if it writes more."
            tenant.say(f"{_describe(tenant, usage, limit)} {follows}")
        elif grew or usage.entries > ENTRIES_LIMIT:
            peak = Usage(max(before.size, usage.size), max(before.entries, usage.entries))
            tenant.end_children(make_overflow(_describe(tenant, peak, limit)))


def _describe(tenant: Tenant, usage: Usage, limit: int) -> str:
    name = tenant.name[0].upper() + tenant.name[1:]
    held = f"{usage.size / MEBIBYTE:.0f} MiB in {usage.entries} files"
    return f"{name} holds {held}; allowed are {limit // MEBIBYTE} MiB in {ENTRIES_LIMIT}."


def _let_write(tenant: Tenant, limit: int) -> None:
    allowed = _limit_all(tenant, max(FILE_LIMIT_BYTES, limit))
    name = tenant.name[0].upper() + tenant.name[1:]
    tenant.say(f"{name} is within its limit again." + ("" if allowed else " Deploy it to let it write."))


def _measure_all(
    folder: Path, limit_bytes: int, kin: list[tuple[int, int]], gates: set[int], census: Census | None
) -> Usage:
    named = measure(folder, limit_bytes)
    if not kin:
        return named
    census = census or Census()
    members = {member for pid, keeper in kin for member in census.list_family(pid, keeper)}
    size, entries = measure_unlinked(folder, members, gates)
    return Usage(named.size + size, named.entries + entries)


def measure(folder: Path, limit_bytes: int) -> Usage:
    """Sum up a folder, no further than it takes to know that it is too full; links are not followed."""
    for _ in range(TRIES):
        with contextlib.suppress(MovedError):
            return _sum_up(folder, limit_bytes)
    # It is full as long as its deepest folders are moved about whenever they are counted: no app has a need of that.
    return Usage(2 * limit_bytes, ENTRIES_LIMIT + 1)


def _sum_up(folder: Path, limit_bytes: int) -> Usage:
    size = entries = 0
    with contextlib.suppress(OSError):  # there is none
        for here, inner in descend(folder, enter_gently):
            with contextlib.suppress(OSError), os.scandir(here) as found:
                for entry in found:
                    entries += 1
                    if entries > ENTRIES_LIMIT:
                        break
                    with contextlib.suppress(OSError):  # gone meanwhile
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            inner.append(entry.name)
            if entries > ENTRIES_LIMIT or size > 2 * limit_bytes:
                break
    return Usage(size, entries)


def list_family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    family = [pid]
    for member in family:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                family += map(int, (task / "children").read_text().split())
    return family


def _limit_all(tenant: Tenant, limit: int) -> bool:
    """Limit the files of everybody who works in the folder; False when some could not be."""
    members = [member for pid in tenant.list_pids() for member in list_family(pid)]
    # Each of them, also after one that could not be.
    return False not in [_limit_files(member, limit) for member in members]


def _limit_files(pid: int, limit: int) -> bool:
    try:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, limit))
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # raised again only by root
    return True
