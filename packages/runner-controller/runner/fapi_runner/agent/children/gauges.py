"""What a living process uses, as the kernel says."""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path
from typing import TypedDict

STATUS_LINE = re.compile(r"^(VmRSS|VmHWM|Threads):\s+(\d+)", re.MULTILINE)


class Gauges(TypedDict):
    """The Process of PROTOCOL.md."""

    residentBytes: int
    peakBytes: int
    threads: int
    openFiles: int
    cpuMs: float


def read_gauges(pid: int) -> Gauges | None:
    """Return what the process uses now, None when it is gone."""
    folder = Path(f"/proc/{pid}")
    try:
        words = dict(STATUS_LINE.findall((folder / "status").read_text()))
        stat = (folder / "stat").read_text().rpartition(")")[2].split()
        files = len(os.listdir(folder / "fd"))
    except OSError:
        return None
    ticks = int(stat[11]) + int(stat[12])
    return Gauges(
        residentBytes=int(words.get("VmRSS", 0)) * 1024,
        peakBytes=int(words.get("VmHWM", 0)) * 1024,
        threads=int(words.get("Threads", 0)),
        openFiles=files,
        cpuMs=ticks * 1000 / os.sysconf("SC_CLK_TCK"),
    )


def read_limit(pid: int, kind: int) -> int | None:
    """Return a process's soft limit of one resource, None when there is none."""
    try:
        soft, _ = resource.prlimit(pid, kind)
    except OSError:
        return None
    return None if soft == resource.RLIM_INFINITY else soft
