"""Tells who in a control group was started together with this program, and who only happens to be there.

The usual company is what started it and what that has started: npm, node, a controller, a gateway. They end with it or
are of no use without it, so that they may move with it. A login, a job runner and other programs may not: what counts
their processes would miss them. Sessions tell the two apart. The zygote and the agent begin sessions of their own, so
that of the agent's starter counts as well; whoever began the starter's session is not of it, such as sshd.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

# Zygote, agent, and who has started the agent.
GENERATIONS = 3


class Member(NamedTuple):
    """One process, as its `stat` file has it."""

    parent: int
    session: int
    terminal: int


def find_stranger(pids: Collection[int]) -> str | None:
    """Return who of these must not be moved, in words; None where all came with this program."""
    if 1 in pids:  # a container's: all that is in it is its own
        return None
    members = {pid: member for pid in pids if (member := _look(pid)) is not None}
    if any(member.session == pid and member.terminal for pid, member in members.items()):
        return "a terminal"
    if 0 in pids:  # whom this namespace does not know
        return "a process of another container"
    sessions = _list_sessions(members)
    stranger = next((pid for pid in members if not _is_of(pid, members, sessions)), None)
    return None if stranger is None else f"another program (process {stranger})"


def _list_sessions(members: Mapping[int, Member]) -> set[int]:
    sessions = set()
    pid = os.getpid()
    for _ in range(GENERATIONS):
        if (member := members.get(pid)) is None:
            break
        sessions.add(member.session)
        pid = member.parent
    return sessions


def _is_of(pid: int, members: Mapping[int, Member], sessions: Collection[int]) -> bool:
    while (member := members.get(pid)) is not None:
        if member.session in sessions:
            return True
        pid = member.parent
    return False


def _look(pid: int) -> Member | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    _, parent, _, session, terminal, *_ = stat.rpartition(")")[2].split()
    return Member(int(parent), int(session), int(terminal))
