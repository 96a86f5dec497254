"""What the kernel tells of a process: in its `stat` file, and where it tells the rest."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

ENDED = "ZX"


class Stat(NamedTuple):
    """One look at a process; see proc_pid_stat(5)."""

    state: str  # a letter: R, S, D, Z, T and so on
    parent: int
    group: int
    faults: int  # how often it was given a page
    cpu_ticks: int
    start_ticks: int  # since boot: with its pid it names the process for ever


def read_stat(pid: int) -> Stat:
    """Look at a process; raise OSError when there is none."""
    return _read(f"/proc/{pid}")


def read_state(pid: int) -> str:
    """Return the letter of what a process does; raise OSError when there is none."""
    return _read(find_place(pid)).state


def is_computing(pid: int) -> bool:
    """Say whether a thread of a process is at work, besides its first one."""
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                if int(thread) != pid and _read(f"/proc/{pid}/task/{thread}").state == "R":
                    return True
    return False


def read_text(place: Path | str) -> str:
    """Return what the kernel tells there, nothing where it tells nothing any more."""
    try:
        # Names may be no text.
        return Path(place).read_text("utf-8", "replace")
    except OSError:
        return ""


def find_place(pid: int) -> str:
    """Return the folder in which the kernel tells what a process holds: memory, maps, descriptors, its network.

    Its own says nothing any more once its first thread has ended; the others may go on for ever, and each of them has
    one that says the same.
    """
    own = f"/proc/{pid}"
    with contextlib.suppress(OSError):
        if _read(own).state in ENDED:
            for thread in os.listdir(f"{own}/task"):
                with contextlib.suppress(OSError):
                    if _read(f"{own}/task/{thread}").state not in ENDED:
                        return f"{own}/task/{thread}"
    return own


def _read(place: str) -> Stat:
    # A process gives itself any name: one with spaces and brackets, and one that is no text.
    fields = Path(f"{place}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return Stat(
        state=fields[0],
        parent=int(fields[1]),
        group=int(fields[2]),
        faults=int(fields[7]) + int(fields[9]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        start_ticks=int(fields[19]),
    )
