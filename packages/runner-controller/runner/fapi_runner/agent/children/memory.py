"""What the kernel says of a child's memory: its cgroup's limit, and whether the cgroup's killer came."""

from __future__ import annotations

import re
import resource
from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.children.gauges import read_limit

CGROUPS = Path("/sys/fs/cgroup")
OOM_KILLS = re.compile(r"^oom_kill (\d+)", re.MULTILINE)
UNLIMITED_BYTES = 1 << 60  # version 1 has no word for it, only a very large number


class Memory(NamedTuple):
    """What a child that has ended used, and what it might have used."""

    peak_bytes: int | None = None
    limit_bytes: int | None = None
    was_killed: bool = False

    @property
    def is_full(self) -> bool:
        """Say whether it came close to its limit."""
        return self.peak_bytes is not None and self.limit_bytes is not None and self.peak_bytes > 0.9 * self.limit_bytes


class MemoryWatch:
    """Looks at a child's birth and at its end."""

    def __init__(self, pid: int) -> None:
        self._group = _find_group(pid)
        self._limit = min(filter(None, (read_limit(pid, resource.RLIMIT_DATA), self._read_limit())), default=None)
        self._kills = self._count_kills()

    def settle(self, peak_bytes: int | None) -> Memory:
        """Return what there is to say now that it has ended."""
        return Memory(peak_bytes, self._limit, self._count_kills() > self._kills)

    def _count_kills(self) -> int:
        for name in ("memory.events", "memory.oom_control"):
            if match := OOM_KILLS.search(self._read(name)):
                return int(match[1])
        return 0

    def _read_limit(self) -> int | None:
        words = (self._read(name).strip() for name in ("memory.max", "memory.limit_in_bytes"))
        return next((int(word) for word in words if word.isdigit() and int(word) < UNLIMITED_BYTES), None)

    def _read(self, name: str) -> str:
        try:
            return (self._group / name).read_text() if self._group else ""
        except OSError:
            return ""


def _find_group(pid: int) -> Path | None:
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return None
    groups = {controllers: path for _, controllers, path in (line.split(":", 2) for line in lines)}
    if "memory" in groups:
        return CGROUPS / "memory" / groups["memory"].lstrip("/")
    return CGROUPS / groups[""].lstrip("/") if "" in groups else None
