"""What becomes of a child that fails while it serves: the former one comes back, or it is started again."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from fapi_runner.agent.causes import SHUT
from fapi_runner.agent.children.gauges import read_gauges
from fapi_runner.agent.disk.state import AppRecord, Release, RolledBack
from fapi_runner.agent.failures import CommandError, UserCodeError, is_for_want_of_space
from fapi_runner.agent.listening.listener import Listener
from fapi_runner.agent.serving.births import Births
from fapi_runner.agent.serving.notices import Notices
from fapi_runner.agent.serving.revival import HEALTHY_AFTER_S, Revival
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.agent.serving.seat import Seat
from fapi_runner.agent.serving.vigil import Vigil
from fapi_runner.protocol import format_time
from fapi_runner.report import Report

TRIAL_S = 30.0  # who fails within it after a deploy is rolled back
SURELY_BLOCKED_S = 3.0


@dataclass
class Failure:
    """The last release that did not come to serve, or ended, and why."""

    generation: int
    report: Report


@dataclass
class Trouble:
    """What is wrong with a release that serves all the same, and since when."""

    generation: int
    at: str
    report: Report


class Care:
    """Looks after whoever serves one app."""

    def __init__(self, record: AppRecord, seat: Seat, births: Births, listener: Listener, notices: Notices) -> None:
        self.failure: Failure | None = None
        self.trouble: Trouble | None = None
        self.is_crashed = False
        self.revival = Revival(self.restart, self._give_up)
        self.vigil = Vigil(listener)
        self._record = record
        self._seat = seat
        self._births = births
        self._notices = notices
        self._trial_until = 0.0
        self._shut: Release | None = None
        self._examined: Runner | None = None
        self._stalled: tuple[Runner, Report] | None = None
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def stall(self) -> Failure | None:
        """How the event loop of who serves is blocked now."""
        if self._stalled is None or self._stalled[0] is not self._seat.active:
            return None
        runner, report = self._stalled
        return Failure(runner.release.generation, report)

    def welcome(self, is_on_trial: bool) -> None:
        """Somebody serves now; one that was just deployed has to prove itself first."""
        self.failure = self.trouble = None
        self.is_crashed = False
        self.revival.cancel()
        if is_on_trial:
            self.revival.reset()
        self._trial_until = time.monotonic() + TRIAL_S if is_on_trial else 0.0

    def note_failure(self, release: Release, report: Report) -> None:
        """Remember and tell how a release failed."""
        self.failure = Failure(release.generation, report)
        kind = f"{report['type']}: " if "type" in report else ""
        self._notices.say(f"{_tell_place(report)}{kind}{report['message']}", release.generation)
        self._notices.changed()

    def note_trouble(self, runner: Runner, report: Report) -> None:
        """Tell of a child that lives and cannot do all that it is asked for."""
        report = runner.masker.mask_all(report)
        if gauges := read_gauges(runner.process.pid):
            report["threads"] = gauges["threads"]
            if "openFiles" in gauges:
                report["openFiles"] = gauges["openFiles"]
        generation = runner.release.generation
        self.trouble = Trouble(generation, format_time(time.time()), report)
        self._notices.say(f"{_tell_place(report)}{report['message']} {report.get('hint', '')}".rstrip(), generation)
        self._notices.changed()

    def note_end_of_endless(self) -> None:
        """A request that would not end has ended."""
        if self.trouble is not None and self.trouble.report["class"] == "timeout":
            self.trouble = None
            self._notices.changed()

    def lose(self, runner: Runner, report: Report) -> None:
        """Somebody must serve in place of this one, which has failed."""
        self._seat.active = None
        self.is_crashed = True
        self.note_failure(runner.release, report)
        former = self._record.former
        is_first_shut = runner.process.cause is SHUT and not self._was_shut(runner.release)
        if runner.process.cause is SHUT:
            self._shut = runner.release
        # It may have been the version before, which is still leaving: that one has no hold on the next listener.
        if former is not None and time.monotonic() < self._trial_until and not is_first_shut:
            self._trial_until = 0.0
            self._run(self._roll_back(runner.release, former, report))
        else:
            self.revival.begin(runner.release, time.monotonic() - runner.started_at)

    def recover(self) -> None:
        """See that somebody serves after a switch that failed; an exclusive app may have lost its former by it."""
        if self._seat.active is None and self._record.wanted == "running" and self._record.active is not None:
            self.is_crashed = True
            self.revival.begin(self._record.active)

    async def restart(self, release: Release) -> None:
        """Start a release again that served before, unless it is not wanted any more by the time that it is ready."""
        try:
            runner = await self._births.make(release)
            try:
                async with self._seat.lock:
                    if not self._is_missing(release):  # somebody deployed or stopped meanwhile
                        runner.dismiss()
                        return
                    await self._seat.give_to(runner)
            except BaseException:
                runner.dismiss()
                raise
        except Exception as error:
            self.is_crashed = True
            self._tell(release, error)
            raise
        self._seat.save()
        # Of one that comes and goes the last end is still what ails it.
        kept = self.failure if self.revival.is_looping else None
        trial_until = self._trial_until if self._was_shut(release) else 0.0
        self.welcome(is_on_trial=False)
        self.failure, self._trial_until = kept, trial_until
        self._notices.changed()

    def _was_shut(self, release: Release) -> bool:
        return self._shut is not None and self._shut.is_same(release.generation, release.digest)

    def look(self, runner: Runner) -> float:
        """See whether the loop of who serves still turns; return in how many seconds that will be known."""
        known_in_s = self.vigil.look(runner)
        if self.revival.is_looping and time.monotonic() - runner.started_at >= HEALTHY_AFTER_S:
            self.revival.reset()
            self._notices.changed()
        blocked_s = self.vigil.blocked_s
        if blocked_s and self._examined is not runner:
            self._examined = runner
            self._run(self._examine(runner, blocked_s))
        elif not blocked_s:
            self._examined = None
            if self._stalled is not None:
                self._stalled = None
                self._notices.changed()
        return known_in_s

    def close(self) -> None:
        """Do nothing any more."""
        self.revival.cancel()
        for errand in self._errands:
            errand.cancel()

    async def _examine(self, runner: Runner, blocked_s: float) -> None:
        report = await runner.report_stall(self.vigil.in_flight, blocked_s * 1000)
        if runner is not self._seat.active:
            return
        if not report["frames"] and blocked_s < SURELY_BLOCKED_S:
            self._examined = None  # a machine too busy to give it a turn, perhaps: look again
        elif self._record.former is not None and time.monotonic() < self._trial_until:
            runner.dismiss()
            self.lose(runner, report)
        else:
            self._stalled = runner, report
            self.note_failure(runner.release, report)

    async def _roll_back(self, failed: Release, former: Release, report: Report) -> None:
        async with self._seat.lock:
            if not self._is_missing(failed):
                return  # somebody deployed or stopped meanwhile
            self._record.rolled_back = RolledBack(failed.generation, former.generation, report)
            self._record.active, self._record.former = former, None
            self._seat.save()
            try:
                await self._seat.give_back_to(former)
            except Exception as error:  # noqa: BLE001 - whatever it is, it may pass
                self._tell(former, error)
                self.revival.begin(former)
                return
            kept = self.failure
            self.welcome(is_on_trial=False)
            self.failure = kept
            self._notices.say(f"Deploy {failed.generation} failed and deploy {former.generation} serves again.")
            self._notices.changed()

    def _give_up(self) -> None:
        # It has no next start, and says so by being idle: a controller sends the revision again then.
        self.is_crashed = False
        self._notices.changed()

    def _tell(self, release: Release, error: Exception) -> None:
        """Say why a start came to nothing."""
        if isinstance(error, UserCodeError):
            self.note_failure(release, error.report)
            return
        if isinstance(error, CommandError):
            self._notices.say(error.message)
        elif is_for_want_of_space(error):
            self._notices.say("It cannot be started while the runner's disk is full, or has no inodes left.")
        else:
            traceback.print_exception(error, file=sys.stderr)
            self._notices.say("It could not be started, and the fault is the runner's: its log says which.")
        self._notices.changed()

    def _is_missing(self, release: Release) -> bool:
        """Say whether this release should serve and nobody does. Under the seat's lock."""
        active = self._record.active
        if self._seat.active is not None or active is None or self._record.wanted not in ("running", "asleep"):
            return False
        return active.is_same(release.generation, release.digest)

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _tell_place(report: Report) -> str:
    frames = report["frames"]
    return f"{frames[-1]['file']}, line {frames[-1]['line']}: " if frames else ""
