"""What a living process uses, as the kernel says."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

from fapi_runner.agent.procfs import find_place, read_stat, read_text

STATUS_LINE = re.compile(r"^(VmRSS|VmHWM|Threads):\s+(\d+)", re.MULTILINE)

LimitName = Literal["Max open files", "Max data size", "Max resident set"]


class Gauges(TypedDict):
    """The Process of PROTOCOL.md."""

    residentBytes: int
    peakBytes: int
    threads: int
    openFiles: NotRequired[int]
    cpuMs: float


def read_gauges(pid: int) -> Gauges | None:
    """Return what the process uses now, None when it is gone."""
    folder = Path(find_place(pid))
    try:
        words = dict(STATUS_LINE.findall((folder / "status").read_text("utf-8", "replace")))
        ticks = read_stat(pid).cpu_ticks
    except OSError:
        return None
    gauges = Gauges(
        residentBytes=int(words.get("VmRSS", 0)) * 1024,
        peakBytes=int(words.get("VmHWM", 0)) * 1024,
        threads=int(words.get("Threads", 0)),
        cpuMs=ticks * 1000 / os.sysconf("SC_CLK_TCK"),
    )
    if files := _count_open(folder / "fd"):
        gauges["openFiles"] = files
    return gauges


def _count_open(folder: Path) -> int | None:
    # A kernel since 6.2 tells everybody how many they are; which ones, only who may look into that process.
    try:
        return folder.stat().st_size or len(os.listdir(folder))
    except OSError:
        return None


def read_limit(pid: int, name: LimitName) -> int | None:
    """Return a process's soft limit of one resource, None when there is none."""
    # Not prlimit(): that of another user's process may be read only with a capability that a container's root lacks.
    found = re.search(rf"^{name} +(\d+) ", read_text(f"/proc/{pid}/limits"), re.MULTILINE)
    return int(found[1]) if found else None
