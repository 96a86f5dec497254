"""Counts the processes that belong to one runtime, whoever their parent is by now."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from rig import is_alive


class Census:
    """Everybody who was ever seen below an agent, and whoever works in its state folder."""

    def __init__(self, state: Path) -> None:
        self._state = str(state)
        self._seen: set[int] = set()

    def take(self, agent: int) -> None:
        """Note the agent and all that came from it."""
        self._seen.add(agent)
        for child in list_children(agent):
            self.take(child)

    def list_alive(self) -> set[int]:
        """Return the living of all that were noted, and of all that work in the state folder."""
        return {pid for pid in self._seen if is_alive(pid)} | set(self._list_residents())

    def _list_residents(self) -> list[int]:
        residents = []
        for path in Path("/proc").iterdir():
            if path.name.isdigit() and int(path.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if os.readlink(path / "cwd").startswith(self._state) and is_alive(int(path.name)):
                        residents.append(int(path.name))
        return residents


def list_children(pid: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += [int(child) for child in (task / "children").read_text().split()]
    return children


def read_name(pid: int) -> str:
    """Return what a list of processes calls it, nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def find_keeper(child: int) -> int | None:
    """Return the first process of a child's namespaces, None where it has none of its own."""
    space = os.readlink(f"/proc/{child}/ns/pid")
    keepers = [int(path.name) for path in Path("/proc").glob("[0-9]*") if read_name(int(path.name)) == "fapi-keeper"]
    return next((pid for pid in keepers if os.readlink(f"/proc/{pid}/ns/pid") == space), None)
