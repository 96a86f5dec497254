"""What the kernel says of a child's memory: its cgroup's limit, and whether the cgroup's killer came."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.children.gauges import read_limit
from fapi_runner.agent.procfs import read_text
from fapi_runner.child.isolation.cgroup import OOM_KILLS

CGROUPS = Path("/sys/fs/cgroup")
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
        self._group_limit = self._read_limit()
        own = (read_limit(pid, "Max data size"), read_limit(pid, "Max resident set"), self._group_limit)
        self._limit = min(filter(None, own), default=None)
        self._kills = self._count_kills()
        self._excess: Memory | None = None

    def note_excess(self, used_bytes: int, limit_bytes: int) -> None:
        """Remember why it is ended by us."""
        self._excess = Memory(used_bytes, limit_bytes, was_killed=True)

    def settle(self, peak_bytes: int | None, oom_kills: int | None) -> Memory:
        """Return what there is to say now that it has ended; who saw it end knows of the kills in its own group."""
        if self._excess is not None:
            return self._excess
        # That group is removed with it: what can be read here is of the group that it shares with others.
        kills = self._count_kills() - self._kills if oom_kills is None else oom_kills
        limit = self._group_limit if kills > 0 and self._group_limit is not None else self._limit
        return Memory(peak_bytes, limit, kills > 0)

    def _count_kills(self) -> int:
        for name in ("memory.events", "memory.oom_control"):
            if match := OOM_KILLS.search(self._read(name)):
                return int(match[1])
        return 0

    def _read_limit(self) -> int | None:
        # The limit of a group that it is inside of holds as well.
        groups = [self._group, *self._group.parents] if self._group else []
        files = [group / name for group in groups for name in ("memory.max", "memory.limit_in_bytes")]
        words = (read_text(file).strip() for file in files)
        return min((int(word) for word in words if word.isdigit() and int(word) < UNLIMITED_BYTES), default=None)

    def _read(self, name: str) -> str:
        return read_text(self._group / name) if self._group else ""


def _find_group(pid: int) -> Path | None:
    lines = read_text(f"/proc/{pid}/cgroup").splitlines()
    groups = {controllers: path for _, controllers, path in (line.split(":", 2) for line in lines)}
    if "memory" in groups:
        return CGROUPS / "memory" / groups["memory"].lstrip("/")
    return CGROUPS / groups[""].lstrip("/") if "" in groups else None
