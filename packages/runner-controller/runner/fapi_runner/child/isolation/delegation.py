"""Control groups of version 2: a group with processes in it has none below that it could limit, so that these move."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

# The group below ours for everything that was in it.
REST = "fapi-rest"
TRIES = 10


def delegate(own: Path, controllers: Sequence[str], welcome: Sequence[str] = ()) -> Path:
    """Have these controllers for groups below a program's own; returns where groups are made, or raises OSError.

    Those that are welcome are had where that is possible. Everything in it moves to a group below it, as container
    tools do. Where a terminal's shell is in it, it is not ours to rearrange: then the reason says how to have one.
    """
    parent = own.parent if own.name == REST else own
    missing = _list_missing(parent, controllers)
    if not missing:
        return parent
    available = (parent / "cgroup.controllers").read_text().split()
    if unknown := [name for name in missing if name not in available]:
        raise OSError(f"this program's control group is not given {', '.join(unknown)}")
    if (parent / "cgroup.events").exists():  # all but the root of all groups
        _empty(parent)
    for name in missing:
        (parent / "cgroup.subtree_control").write_text(f"+{name}")
    for name in welcome:
        with contextlib.suppress(OSError):
            (parent / "cgroup.subtree_control").write_text(f"+{name}")
    return parent


def _empty(parent: Path) -> None:
    if any(_is_terminal(pid) for pid in _list_members(parent)):
        raise OSError("a terminal is in this program's control group: start it by systemd-run --user --scope")
    rest = parent / REST
    rest.mkdir(exist_ok=True)
    # What is forked meanwhile is in it again.
    for _ in range(TRIES):
        members = _list_members(parent)
        if not members:
            return
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                (rest / "cgroup.procs").write_text(str(pid))


def _list_missing(parent: Path, controllers: Sequence[str]) -> list[str]:
    delegated = (parent / "cgroup.subtree_control").read_text().split()
    return [name for name in controllers if name not in delegated]


def _list_members(group: Path) -> list[int]:
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def _is_terminal(pid: int) -> bool:
    """Whether it is the first of a session that has a terminal; whoever is first of all is a container's own."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    _, _, _, session, terminal, *_ = stat.rpartition(")")[2].split()
    return pid != 1 and int(session) == pid and terminal != "0"
