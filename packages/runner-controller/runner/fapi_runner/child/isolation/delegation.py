"""Control groups of version 2: a group with processes in it has none below that it could limit, so that these move."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from fapi_runner.child.isolation.company import find_stranger

# The group below ours for everything that was in it.
REST = "fapi-rest"
TRIES = 10
ADVICE = "start it by systemd-run --user --scope"


def delegate(own: Path, controllers: Sequence[str], welcome: Sequence[str] = ()) -> Path:
    """Have these controllers for groups below a program's own; returns where groups are made, or raises OSError.

    Those that are welcome are had where that is possible. Everything in it moves to a group below it, as container
    tools do. Where others are in it too, it is not ours to rearrange: then the reason says how to have one. What has
    failed halfway leaves everything as it was.
    """
    parent = own.parent if own.name == REST else own
    missing = _list_missing(parent, controllers)
    if missing:
        available = (parent / "cgroup.controllers").read_text().split()
        if unknown := [name for name in missing if name not in available]:
            raise OSError(f"this program's control group is not given {', '.join(unknown)}")
        _claim(parent, missing)
    for name in _list_missing(parent, welcome):
        with contextlib.suppress(OSError):
            _enable(parent, name)
    return parent


def _claim(parent: Path, controllers: Sequence[str]) -> None:
    moved: list[int] = []
    enabled: list[str] = []
    try:
        if (parent / "cgroup.events").exists():  # all but the root of all groups
            _empty(parent, moved)
        for name in controllers:
            _enable(parent, name)
            enabled.append(name)
    except OSError:
        # In this order: who has controllers for groups below has no processes.
        for name in enabled:
            with contextlib.suppress(OSError):
                _enable(parent, name, "-")
        _move(moved, parent)
        with contextlib.suppress(OSError):  # with others in it, it was there before
            (parent / REST).rmdir()
        raise


def _empty(parent: Path, moved: list[int]) -> None:
    if not _is_lent(parent):
        raise OSError(f"this program's control group is a service's without Delegate=yes: say so, or {ADVICE}")
    rest = parent / REST
    # What is forked meanwhile is in it again.
    for _ in range(TRIES):
        members = _list_members(parent)
        if not members:
            return
        if (stranger := find_stranger(members)) is not None:
            raise OSError(f"{stranger} is in this program's control group: {ADVICE}")
        rest.mkdir(exist_ok=True)
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                (rest / "cgroup.procs").write_text(str(pid))
                moved.append(pid)


def _move(pids: Sequence[int], group: Path) -> None:
    for pid in pids:
        with contextlib.suppress(OSError):
            (group / "cgroup.procs").write_text(str(pid))


def _is_lent(group: Path) -> bool:
    """Say whether it may be divided: a service's group is its service manager's own matter, unless that says so."""
    if group.suffix != ".service" or (group / "cgroup.procs").stat().st_uid == os.geteuid() != 0:
        return True
    for name in ("trusted.delegate", "user.delegate"):
        with contextlib.suppress(OSError):
            if os.getxattr(group, name) == b"1":
                return True
    return False


def _enable(group: Path, controller: str, sign: str = "+") -> None:
    (group / "cgroup.subtree_control").write_text(f"{sign}{controller}")


def _list_missing(parent: Path, controllers: Sequence[str]) -> list[str]:
    delegated = (parent / "cgroup.subtree_control").read_text().split()
    return [name for name in controllers if name not in delegated]


def _list_members(group: Path) -> list[int]:
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]
