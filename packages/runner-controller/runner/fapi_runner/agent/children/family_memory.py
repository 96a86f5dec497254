"""Bounds what a child and all that it has started hold together, where no control group does.

What two processes share after a fork the kernel tells nobody but root. But a process gets each page of its own by a
fault, and the faults are told: it holds no more of its own than it has now, and no more than it has ever asked for.
That is why such children get pages one by one (privileges.py, seccomp.py), and no memory that no process has mapped.
Two things are the kernel's and theirs: the tables of what they have mapped, and what waits in their sockets. The latter
is told to nobody: from a number that few apps need, a socket counts as a full one of those that all apps can make. TCP
ones, which only some apps can make, count from the first on, for what they send and for what they receive: more than
that their namespace lets none have (network.py). The kernel tells what TCP really holds for the whole machine alone.
Without a network of their own they are not told from the machine's, and do not count. Nor do pipes, which the kernel
keeps small once a user has many.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Protocol

from fapi_runner.agent.families import Census, Kin
from fapi_runner.agent.guard import guarded
from fapi_runner.agent.procfs import Stat, find_place, read_text
from fapi_runner.child.isolation.network import BUFFER_BYTES

TICK_S = 0.25
SLACK_BYTES = 64 << 20
TICKS_WITHOUT_LOOK = 40
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+)", re.MULTILINE)
TABLES = re.compile(r"^VmPTE:\s+(\d+)", re.MULTILINE)
SOCKETS = re.compile(r"^sockets: used (\d+)")
SOCKETS_FREE = 1024
TCP_SOCKETS = re.compile(r"^TCP6?: inuse (\d+)", re.MULTILINE)
TCP_BYTES = 2 * BUFFER_BYTES
SEND_BUFFER = Path("/proc/sys/net/core/wmem_default")
SEND_BUFFER_BYTES = 208 << 10  # where it is not told
HELD = re.compile(r"^(?:RssAnon|RssShmem|VmSwap):\s+(\d+)", re.MULTILINE)


class Child(Kin, Protocol):
    """Whose family is bounded."""

    memory_limit_bytes: int

    def end_for_memory(self, used_bytes: int, limit_bytes: int) -> object: ...


class FamilyMemory:
    """The watch over all children of one agent."""

    def __init__(self, list_children: Callable[[], Collection[Child]]) -> None:
        self._list_children = list_children
        self._most_available = 0
        self._ticks = 0
        self._is_close = False

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(TICK_S)
            with guarded():
                await self._look()

    async def _look(self) -> None:
        if not self._must_look() or not (children := list(self._list_children())):
            return
        kin = [(child.pid, child.keeper) for child in children]
        sums = await asyncio.to_thread(measure_families, kin)
        limits = [child.memory_limit_bytes for child in children]
        self._is_close = any(used > limit / 2 for used, limit in zip(sums, limits, strict=True))
        for child, used, limit in zip(children, sums, limits, strict=True):
            if used > limit:
                with guarded():
                    child.end_for_memory(used, limit)

    def _must_look(self) -> bool:
        available = _read_available()
        self._ticks += 1
        is_less = available < self._most_available - SLACK_BYTES
        if not (is_less or self._is_close or self._ticks >= TICKS_WITHOUT_LOOK):
            self._most_available = max(available, self._most_available)
            return False
        self._most_available, self._ticks = available, 0
        return True


def measure_families(children: Iterable[tuple[int, int]]) -> list[int]:
    """Return how much each of these holds together with all that came from it, at most."""
    census = Census()
    return [
        sum(_measure(member, census.table) for member in census.list_family(pid, keeper))
        + (_measure_sockets(pid) if keeper else 0)
        for pid, keeper in children
    ]


def _measure(pid: int, table: dict[int, Stat]) -> int:
    status = read_text(f"{find_place(pid)}/status")
    mapped = min(_sum_kibibytes(HELD, status), table[pid].faults * PAGE_BYTES)
    return mapped + _sum_kibibytes(TABLES, status)


def _measure_sockets(pid: int) -> int:
    network = f"{find_place(pid)}/net"
    told = read_text(f"{network}/sockstat")
    found = SOCKETS.search(told)
    used = int(found[1]) if found else 0
    tcp = sum(map(int, TCP_SOCKETS.findall(told + read_text(f"{network}/sockstat6"))))
    return max(used - tcp - SOCKETS_FREE, 0) * _read_send_buffer() + tcp * TCP_BYTES


@cache
def _read_send_buffer() -> int:
    word = read_text(SEND_BUFFER).strip()
    return int(word) if word.isdigit() else SEND_BUFFER_BYTES


def _sum_kibibytes(lines: re.Pattern[str], status: str) -> int:
    return sum(map(int, lines.findall(status))) * 1024


def _read_available() -> int:
    found = AVAILABLE.search(Path("/proc/meminfo").read_text())
    return int(found[1]) * 1024 if found else 0
