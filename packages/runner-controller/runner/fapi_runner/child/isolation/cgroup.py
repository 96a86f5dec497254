"""A control group per child, where the machine lets us make one: memory, processes and cores of all it starts."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from fapi_runner.child.isolation.delegation import delegate
from fapi_runner.child.isolation.limits import PROCESSES_LIMIT, Limits

PREFIX = "fapi-"
OOM_KILLS = re.compile(r"^oom_kill (\d+)", re.MULTILINE)
CONTROLLERS = ("memory", "pids", "cpu")
WELCOME = ("cpuset",)
PERIOD_US = 50_000
# One loop and a quarter: an app with one interpreter lock has no use for more, and its neighbours have.
CORES = max(1.0, min(1.25, (os.cpu_count() or 1) - 0.75))
QUOTA_US = int(PERIOD_US * CORES)

# The file in which each version takes the limit of memory.
MEMORY_FILES = ("memory.max", "memory.limit_in_bytes")
LIMITS_V1: dict[str, dict[str, str]] = {
    "memory": {"memory.limit_in_bytes": ""},
    "pids": {"pids.max": str(PROCESSES_LIMIT)},
    "cpu": {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(QUOTA_US)},
}
LIMITS_V2 = {
    "memory.max": "",
    "memory.swap.max": "0",
    "pids.max": str(PROCESSES_LIMIT),
    "cpu.max": f"{QUOTA_US} {PERIOD_US}",
}


class Group:
    """One child's group, in one folder (v2) or in one per controller (v1)."""

    def __init__(self, name: str, own: Limits) -> None:
        self._folders: list[Path] = []
        try:
            for parent, limits in find_parents():
                folder = parent / (PREFIX + name)
                folder.mkdir()
                self._folders.append(folder)
                for file, limit in limits.items():
                    if (folder / file).exists():
                        (folder / file).write_text(str(own.memory_bytes) if file in MEMORY_FILES else limit)
        except OSError:
            self.remove()
            raise

    def join(self) -> None:
        """Move this process in; what it forks is born there."""
        for folder in self._folders:
            (folder / "cgroup.procs").write_text("0")

    def count_kills(self) -> int:
        """Return how often the kernel ended somebody in it for want of memory."""
        for folder in self._folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    if match := OOM_KILLS.search((folder / name).read_text()):
                        return int(match[1])
        return 0

    def remove(self) -> bool:
        """Remove the group, once nobody is in it any more."""
        for folder in list(self._folders):
            with contextlib.suppress(OSError):
                folder.rmdir()
                self._folders.remove(folder)
        return not self._folders


def sweep_groups() -> None:
    """Remove the groups of zygotes that are no more."""
    with contextlib.suppress(OSError):
        for parent, _ in find_parents():
            sweep_below(parent)


def sweep_below(parent: Path) -> None:
    """Remove those that are in this folder."""
    for folder in parent.glob(PREFIX + "*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        # Only of zygotes: what their programs moved to (delegation.py) has a name instead.
        if owner.isdecimal() and not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


def find_parents() -> list[tuple[Path, dict[str, str]]]:
    """Return where groups can be made and their limits; raise OSError when it is nowhere."""
    mounted = dict(_list_mounts())
    own = dict(_list_own())
    if all(name in mounted and name in own for name in CONTROLLERS):
        return [(_below(mounted[name], own[name]), LIMITS_V1[name]) for name in CONTROLLERS]
    if "" in mounted and "" in own:
        return [(delegate(_below(mounted[""], own[""]), CONTROLLERS, WELCOME), LIMITS_V2)]
    raise OSError("no control groups are mounted")


def find_hierarchy(controller: str) -> Path | None:
    """Return our own group of a controller of version 1, None where it is not mounted."""
    mounted, own = dict(_list_mounts()), dict(_list_own())
    return _below(mounted[controller], own[controller]) if controller in mounted and controller in own else None


def _list_mounts() -> Iterator[tuple[str, Path]]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        place = Path(fields.split()[4])
        if kind == "cgroup2":
            yield "", place
        elif kind == "cgroup":
            for option in options.split(","):
                yield option, place


def _list_own() -> Iterator[tuple[str, str]]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            yield name, path


def _below(mount: Path, own: str) -> Path:
    # In a container the path may be one of the host, while the mount shows our own group as its root.
    inside = mount / own.lstrip("/")
    return inside if inside.is_dir() else mount
