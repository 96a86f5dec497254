"""What the kernel tells of a process in its `stat` file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


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
    # A process gives itself any name: one with spaces and brackets, and one that is no text.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return Stat(
        state=fields[0],
        parent=int(fields[1]),
        group=int(fields[2]),
        faults=int(fields[7]) + int(fields[9]),
        cpu_ticks=int(fields[11]) + int(fields[12]),
        start_ticks=int(fields[19]),
    )
