"""Keeps a child that wants more of the processor than its share on one core, so that others find a core free.

The kernel stops a group that has had its share until the next period. But it has it on all cores at once, at the start
of each, and whoever wakes then waits for a turn of the scheduler, milliseconds where the kernel does not preempt. So a
child that was stopped is given one core, until no two of its threads want to run at once any more. Two of them may take
the whole machine and be stopped by nobody: whose threads want to run at once at several looks in a row is kept as well.
There it runs when nobody else wants to, for whoever wakes beside it then has the core at once. Only who has had nothing
since the last look, since others fill that core, gets a share of it: it could not come to rest otherwise, and would be
taken for blocked. So nobody is kept for good, however busy that core is.

One stop is enough where an app serves, as it has neighbours' guests beside it for days. All others (checks, drafts,
tests, a language server that reads its libraries) have a short need of several cores, and somebody who waits for them:
they are kept when they crowd for longer than such a need lasts.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from weakref import WeakKeyDictionary

from fapi_runner.agent.procfs import read_stat
from fapi_runner.child.isolation.cpuset import CPUS, list_cores

STATISTICS = "cpu.stat"
IDLE = "cpu.idle"
# In version 2 and 1: what a group with a share has beside others who want the same core, and what everybody has.
WEIGHTS = {"cpu.weight": ("10", "100"), "cpu.shares": ("102", "1024")}
COUNTS = re.compile(r"^nr_(periods|throttled) (\d+)", re.MULTILINE)
THREADS = ("cgroup.threads", "tasks")  # of version 2 and 1
PROCESSES = "cgroup.procs"
STARVED_TICKS, FED_TICKS = 2, 30  # of the hundred or so between two looks
# Of the twenty between two looks: the threads of who had less to do are not looked through.
BUSY_PERIODS = 10
CROWDED_LOOKS = 3
CROWDED_LOOKS_OF_OTHERS = 6  # who serve nobody
# So many looks without a crowd set it free; twice as many after each relapse, within a limit.
QUIET_LOOKS, QUIET_LOOKS_LIMIT = 3, 48


class Child(Protocol):
    """Who may crowd others out; `group` are the folders of its control group."""

    group: tuple[Path, ...]


@dataclass
class Ward:
    """What is known of a child since the last look."""

    statistics: Path | None
    cpus: Path | None
    periods: int = 0
    stops: int = 0
    core: int | None = None
    is_told: bool = False  # whether who serves was last told that it is kept
    has_share: bool = False  # of that core, and not only what is left of it
    ticks: dict[str, int] = field(default_factory=dict)  # of its processes
    is_crowd: bool = False
    looks: int = 0  # for which that is so
    patience: int = QUIET_LOOKS


class Elbowroom:
    """The watch over all children of one agent."""

    def __init__(self) -> None:
        cores = sorted(os.sched_getaffinity(0))
        # However many crowd: half of the cores, or more, stay free of them.
        self._narrow = cores[len(cores) - len(cores) // 2 :]
        self._wide = list_cores()
        self._wards: WeakKeyDictionary[Child, Ward] = WeakKeyDictionary()

    def look(self, children: Collection[Child], serving: Mapping[Child, Callable[[bool], object]]) -> None:
        """See who crowds since the last look, and who is quiet again.

        `serving` are those that have guests, and whom to tell when one is kept on its core (True) or free again.
        """
        if not self._narrow:
            return
        for child in children:
            # It may end meanwhile, and its group with it.
            with contextlib.suppress(OSError):
                self._judge(self._get_ward(child), children, is_serving=child in serving)
        for child, tell in serving.items():
            # Not where it is moved: a candidate may be kept before it serves.
            ward = self._get_ward(child)
            if ward.is_told is not (ward.core is not None):
                ward.is_told = not ward.is_told
                tell(ward.is_told)

    def _get_ward(self, child: Child) -> Ward:
        ward = self._wards.get(child)
        if ward is None:
            ward = self._wards[child] = Ward(_find(child.group, STATISTICS), _find(child.group, CPUS))
        return ward

    def _judge(self, ward: Ward, children: Iterable[Child], *, is_serving: bool) -> None:
        if ward.statistics is None or ward.cpus is None:
            return
        group = ward.statistics.parent
        counts = {name: int(count) for name, count in COUNTS.findall(ward.statistics.read_text())}
        periods, stops = counts.get("periods", 0), counts.get("throttled", 0)
        was_busy, was_stopped = periods - ward.periods >= BUSY_PERIODS, stops > ward.stops
        ward.periods, ward.stops = periods, stops
        is_crowd = was_stopped or (was_busy and _is_crowd(group))
        ward.looks = ward.looks + 1 if is_crowd is ward.is_crowd else 1
        ward.is_crowd = is_crowd
        crowded_looks = CROWDED_LOOKS if is_serving else CROWDED_LOOKS_OF_OTHERS
        is_too_much = is_crowd and ward.looks >= crowded_looks
        if ward.core is None and (is_too_much or (was_stopped and is_serving)):
            core = self._choose(children)
            ward.cpus.write_text(str(core))
            ward.core = core
            ward.has_share, ward.ticks = not _rank(group, is_idle=True), {}
            if ward.has_share:
                _weigh(group, has_share=True)
        elif ward.core is not None and not is_crowd and ward.looks >= ward.patience:
            ward.cpus.write_text(self._wide)
            ward.core = None
            _rank(group, is_idle=False)
            _weigh(group, has_share=False)
            ward.patience = min(2 * ward.patience, QUIET_LOOKS_LIMIT)
        elif not is_crowd and ward.looks >= QUIET_LOOKS_LIMIT:
            ward.patience = QUIET_LOOKS
        if ward.core is not None:
            _feed(ward, group)

    def _choose(self, children: Iterable[Child]) -> int:
        taken = [ward.core for child in children if (ward := self._wards.get(child)) is not None]
        return min(self._narrow, key=taken.count)


def _find(group: Sequence[Path], name: str) -> Path | None:
    return next((folder / name for folder in group if (folder / name).exists()), None)


def _feed(ward: Ward, group: Path) -> None:
    """Give a share to who had nothing since the last look, until it finds enough without it."""
    ticks = {pid: _count_ticks(pid) for pid in (group / PROCESSES).read_text().split()}
    had = sum(count - ward.ticks.get(pid, 0) for pid, count in ticks.items())
    ward.ticks = ticks
    if had < STARVED_TICKS and not ward.has_share:
        _rank(group, is_idle=False)
        _weigh(group, has_share=True)
        ward.has_share = True
    elif had >= FED_TICKS and ward.has_share:
        ward.has_share = not _rank(group, is_idle=True)


def _count_ticks(pid: str) -> int:
    with contextlib.suppress(OSError):
        return read_stat(int(pid)).cpu_ticks
    return 0


def _rank(group: Path, *, is_idle: bool) -> bool:
    """Have a group run when nobody else wants to; False where the kernel, before 5.15, does not know of that."""
    with contextlib.suppress(OSError):
        (group / IDLE).write_text(str(int(is_idle)))
        return True
    return False


def _weigh(group: Path, *, has_share: bool) -> None:
    for file, (share, everybodys) in WEIGHTS.items():
        if (group / file).exists():
            (group / file).write_text(share if has_share else everybodys)


def _is_crowd(folder: Path) -> bool:
    """Say whether two threads of a group want to run at this moment."""
    file = _find([folder], THREADS[0]) or folder / THREADS[1]
    running = 0
    for thread in file.read_text().split():
        with contextlib.suppress(OSError):
            running += read_stat(int(thread)).state == "R"
        if running > 1:
            return True
    return False
