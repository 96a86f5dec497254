"""How the agent and the zygote learn of the end of a child, and end what it has left."""

from __future__ import annotations

import contextlib
import os
import signal


def find_ended() -> int:
    """Return a child that has ended and is not reaped yet, 0 when there is none."""
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return 0
    return ended.si_pid if ended else 0


def kill_group(pid: int) -> None:
    """Kill a child and what it started; it must not be reaped yet, so that its number is still its own."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
