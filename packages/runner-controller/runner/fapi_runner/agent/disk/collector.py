"""Deletes revisions that nobody is likely to ask for again: an editor sends one for every pause in typing."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.disk.revisions import Revisions, discard

PAUSE_S = 2.0
# Whoever asked whether it is here will use it at once; one that is in use longer than this is held or named.
JUST_USED_S = 60.0


class Allowance(NamedTuple):
    """How many revisions, and how much of them, are kept beyond those that some app needs."""

    kept: int = 50
    size_bytes: int = 500 << 20


class Collector:
    """Looks after a revision has come, and keeps the newest used ones within the allowance."""

    def __init__(self, revisions: Revisions, allowance: Allowance, list_needed: Callable[[], set[str]]) -> None:
        self._revisions = revisions
        self._allowance = allowance
        self._list_needed = list_needed
        self._sizes: dict[str, int] = {}  # they are read-only
        self._collecting: asyncio.Task[None] | None = None

    def collect_later(self) -> None:
        """Collect in a while, once for all that ask meanwhile."""
        if self._collecting is None or self._collecting.done():
            self._collecting = asyncio.create_task(self._collect())

    def close(self) -> None:
        """Collect no more."""
        if self._collecting is not None:
            self._collecting.cancel()

    async def _collect(self) -> None:
        await asyncio.sleep(PAUSE_S)
        for retired in await asyncio.to_thread(self._retire, self._list_needed()):
            await asyncio.to_thread(discard, retired)

    def _retire(self, needed: set[str]) -> list[Path]:
        spare = sorted(self._list_spare(needed), reverse=True)
        self._sizes = {digest: self._sizes.get(digest) or measure(self._revisions.root / digest) for _, digest in spare}
        retired: list[Path] = []
        size = 0
        for index, (_, digest) in enumerate(spare):
            size += self._sizes[digest]
            if index < self._allowance.kept and size <= self._allowance.size_bytes:
                continue
            if path := self._revisions.retire(digest, time.time() - JUST_USED_S):
                retired.append(path)
        return retired

    def _list_spare(self, needed: set[str]) -> list[tuple[float, str]]:
        with os.scandir(self._revisions.root) as entries:
            spare = [entry for entry in entries if not entry.name.startswith(".") and entry.name not in needed]
            return [(entry.stat().st_mtime, entry.name) for entry in spare]


def measure(folder: Path) -> int:
    """Return what the files of a folder take on the disk."""
    places = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    return sum(os.stat(place, follow_symlinks=False).st_blocks * 512 for place in places)
