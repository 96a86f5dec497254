"""Adds to a child's control group the cores that it runs on, where the machine lets us choose them.

Version 1 has a hierarchy of its own for it. In version 2 the file is in the child's one folder, where it is delegated.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from fapi_runner.child.isolation.cgroup import PREFIX, Group, find_hierarchy, sweep_below
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS, Limits

CONTROLLER = "cpuset"
CPUS = "cpuset.cpus"
MEMORY_NODES = "cpuset.mems"


class PlacedGroup(Group):
    """A child's group whose cores can be taken away and given back, where that can be had; else a group like any."""

    def __init__(self, name: str, own: Limits) -> None:
        super().__init__(name, own)
        if (parent := find_hierarchy(CONTROLLER)) is None:
            return
        try:
            self._folders += make_placed(parent / (PREFIX + name), self._folders)
        except OSError:
            self.remove()
            raise

    @property
    def folders(self) -> list[Path]:
        """Where the group is, for who watches it."""
        return list(self._folders)


def find_gap() -> str | None:
    """Return why a child's cores cannot be chosen here, None where they can, or where there is but one."""
    if len(os.sched_getaffinity(0)) == 1:
        return None
    group = PlacedGroup(f"{os.getpid()}-cores", DEFAULT_LIMITS)
    try:
        if any((folder / CPUS).exists() for folder in group.folders):
            return None
    finally:
        group.remove()
    return "its cpuset cannot be had here: an app that takes all it can get delays others by turns of the scheduler"


def sweep_cores() -> None:
    """Remove the groups of zygotes that are no more."""
    with contextlib.suppress(OSError):
        if (parent := find_hierarchy(CONTROLLER)) is not None:
            sweep_below(parent)


def list_cores() -> str:
    """Return the cores that we may run on, as the kernel writes them."""
    return ",".join(map(str, sorted(os.sched_getaffinity(0))))


def make_placed(folder: Path, made: Collection[Path]) -> list[Path]:
    """Make a group of version 1 that has cores; returns those that were made, beside these.

    Where cpu and cpuset are one hierarchy it is there already. What somebody else has made is left alone.
    """
    if folder in made:
        _fill(folder)
        return []
    try:
        folder.mkdir()
    except OSError:
        return []
    try:
        _fill(folder)
    except OSError:
        with contextlib.suppress(OSError):
            folder.rmdir()
        return []
    return [folder]


def _fill(folder: Path) -> None:
    # Nobody can be moved into a group of this kind before both are said.
    (folder / MEMORY_NODES).write_text((folder.parent / MEMORY_NODES).read_text())
    (folder / CPUS).write_text(list_cores())
