"""Who came from whom: the processes that a child and all that it has started are."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from typing import Protocol

from fapi_runner.agent.procfs import Stat, read_stat


class Kin(Protocol):
    """Whose family is counted.

    `keeper` is the first process of its namespaces, `gate` the inode of the socket on which it is handed its listener;
    0 where it has none.
    """

    pid: int
    keeper: int
    gate: int


class Census:
    """All processes of this machine at one moment, and which of them are a child's."""

    def __init__(self) -> None:
        self.table = dict(_list_members())
        self._heirs: dict[int, list[int]] = {}
        for pid, member in self.table.items():
            self._heirs.setdefault(member.parent, []).append(pid)

    def list_family(self, pid: int, keeper: int) -> set[int]:
        """Return a child and all that came from it, whoever their parent is by now."""
        # Who has lost its parent is the keeper's; without namespaces it is somebody else's, and cannot leave its group.
        family = {other for other, member in self.table.items() if member.group == pid} | {pid, keeper}
        family &= self.table.keys()
        waiting = list(family)
        while waiting:
            new = [heir for heir in self._heirs.get(waiting.pop(), ()) if heir not in family]
            family.update(new)
            waiting += new
        return family - {keeper}


def _list_members() -> Iterable[tuple[int, Stat]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                yield int(name), read_stat(int(name))
