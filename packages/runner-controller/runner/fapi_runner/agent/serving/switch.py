"""Who serves changes: a prepared candidate takes over, or the former release comes back."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

from fapi_runner.agent.disk.state import AppRecord, Release
from fapi_runner.agent.disk.workfolder import link_missing
from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.serving.candidate import CandidateSlot, wait_for_candidate
from fapi_runner.agent.serving.care import Care
from fapi_runner.agent.serving.fence import Fence
from fapi_runner.agent.serving.notices import Notices
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.agent.serving.seat import Seat
from fapi_runner.agent.serving.slumber import Slumber


class Switch:
    """The deploys of one app, and the way back."""

    def __init__(
        self,
        record: AppRecord,
        grounds: Grounds,
        folder: Path,
        fence: Fence,
        seat: Seat,
        candidate: CandidateSlot,
        care: Care,
        slumber: Slumber,
        notices: Notices,
    ) -> None:
        self._record = record
        self._grounds = grounds
        self._folder = folder
        self._fence = fence
        self._seat = seat
        self._candidate = candidate
        self._care = care
        self._slumber = slumber
        self._notices = notices

    async def prepare(self, release: Release, host: str) -> Runner:
        """Make a candidate of this release ready and return it."""
        self._fence.advance(release.generation)
        self._refuse_rolled_back(release.generation)
        self._record.host = host
        active = self._seat.active
        if active is not None and active.release.is_same(release.generation, release.digest):
            return active
        preparing = self._candidate.find(release.generation, release.digest)
        if preparing is None:
            link_missing(self._folder, self._grounds.revisions.get_code(release.digest))
            preparing = self._candidate.begin(release)
            self._notices.changed()
        return await wait_for_candidate(preparing)

    async def activate(self, generation: int, digest: str, exclusive: bool) -> None:
        """Let the prepared candidate take over from who serves now."""
        self._fence.advance(generation)
        async with self._seat.lock:
            self._fence.advance(generation)
            self._refuse_rolled_back(generation)
            active = self._seat.active
            if active is not None and active.release.is_same(generation, digest):
                # Prepared while the app came back by itself: nobody will ask for it any more.
                self._candidate.drop()
                return
            runner = await self._candidate.take(generation, digest)
            if exclusive:
                runner.release = dataclasses.replace(runner.release, exclusive=True)
            former = self._record.active if self._record.wanted in ("running", "asleep") else None

            def begin_trial() -> None:
                self._record.former, self._record.rolled_back = former, None
                self._record.is_hidden = False
                self._care.welcome(is_on_trial=True)

            with self._switching(runner.release):
                runner = await self._seat.give_to(runner, begin_trial)
            # Before anything is written down: gateways let go of their connections to the former child.
            self._grounds.routes.publish()
            self._grounds.state.save_now_or_later()
            self._expect_serving(runner)
            self._notices.say(f"Deploy {generation} is serving: revision {digest}.")
            self._notices.changed()
            await self._seat.wait_routed()

    async def rollback(self, generation: int, to_generation: int | None) -> Runner:
        """Let the former release serve again, by the child that served it if that is still there."""
        self._fence.advance(generation)
        async with self._seat.lock:
            self._fence.advance(generation)
            active = self._seat.active
            if active is not None and self._seat.is_done(generation, to_generation):
                return active
            former, present = self._record.former, self._record.active
            if former is None or to_generation not in (None, former.generation):
                raise CommandError("unprepared", "The agent knows no former release of that generation.")
            with self._switching(former):
                runner = await self._seat.give_back_to(former)
            self._expect_serving(runner)
            self._seat.rolled_back_for = generation
            self._record.former, self._record.is_hidden = present, False
            self._grounds.state.save_now_or_later()
            self._care.welcome(is_on_trial=False)
            self._notices.say(f"Deploy {former.generation} is serving again.")
            self._notices.changed()
            await self._seat.wait_routed()
            return runner

    @contextlib.contextmanager
    def _switching(self, release: Release) -> Iterator[None]:
        """Be awake meanwhile; when it comes to nothing, say why and be as before."""
        self._slumber.rouse()
        try:
            yield
        except UserCodeError as error:
            self._care.recover()
            self._care.note_failure(release, error.report)
            raise CommandError("failed", error.report["message"], error.report) from None
        except BaseException:
            self._care.recover()
            raise
        finally:
            self._slumber.settle()

    def _expect_serving(self, runner: Runner) -> None:
        """Fail when it ended while the former one was sent away; what becomes of that is under way already."""
        failure = self._care.failure
        if self._seat.active is not runner:
            report = failure.report if failure is not None else None
            raise CommandError("failed", report["message"] if report else "The new child ended at once.", report)

    def _refuse_rolled_back(self, generation: int) -> None:
        rolled = self._record.rolled_back
        if rolled is not None and rolled.from_generation == generation:
            raise CommandError("failed", f"generation {generation} was rolled back.", rolled.report)
