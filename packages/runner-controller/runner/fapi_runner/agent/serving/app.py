"""One app: what it is asked to be, and the rooms that see to it."""

from __future__ import annotations

import asyncio
import math

from fapi_runner.agent.causes import SHUT, Cause
from fapi_runner.agent.children.strain import Subject
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.disk.state import AppRecord, Policy, Release
from fapi_runner.agent.disk.workfolder import delete_folder
from fapi_runner.agent.egress.outlets import Outlets
from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.listening.listener import is_broken, wait_empty
from fapi_runner.agent.serving.births import Births
from fapi_runner.agent.serving.candidate import CandidateSlot
from fapi_runner.agent.serving.care import Care
from fapi_runner.agent.serving.describe import describe_app
from fapi_runner.agent.serving.drafts import Drafts
from fapi_runner.agent.serving.fence import Fence
from fapi_runner.agent.serving.notices import Notices
from fapi_runner.agent.serving.parting import Parting
from fapi_runner.agent.serving.probe import is_answering
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.agent.serving.seat import DRAIN_S, Seat
from fapi_runner.agent.serving.slumber import Slumber
from fapi_runner.agent.serving.switch import Switch
from fapi_runner.grants import Grant
from fapi_runner.metrics import Totals
from fapi_runner.protocol import Json
from fapi_runner.report import Report

REMOVE_DRAIN_S = 2.0
REMOVE_LEAVE_S = 1.0
KEPT = (
    "The app wants more of the processor than its share: until it is quieter it runs on one core, where others go "
    "before it."
)
FREED = "The app may run on every core again."


class App:
    """The agent's side of one app."""

    def __init__(self, record: AppRecord, grounds: Grounds) -> None:
        self.record = record
        self.fence = Fence(record, grounds.state)
        self._grounds = grounds
        self._folder = grounds.folder.apps / record.app_id
        self.listener = grounds.listeners.open(record.app_id)
        self._notices = Notices(record, grounds, lambda: describe_app(self))
        self._outlets = Outlets(
            lambda: grounds.make_way(record.app_id), grounds.capacity, self._notices.say, lambda: record.granted
        )
        told = (self._on_end, self._on_trouble)
        self._births = Births(record.app_id, self._folder, self.listener, grounds, self._outlets, *told)
        self._drafts = Drafts(grounds, self._births, self._folder)
        self.seat = Seat(record, grounds, self._births, self._folder, self._notices.changed)
        self.care = Care(record, self.seat, self._births, self.listener, self._notices)
        self.candidate = CandidateSlot(self._births, self._drafts, self.care.note_failure, self._notices.changed)
        self.slumber = Slumber(record, self.seat, self.listener, self._start_again, self._notices)
        rooms = (self.seat, self.candidate, self.care, self.slumber, self._notices)
        self.switch = Switch(record, grounds, self._folder, self.fence, *rooms)
        acts = (self._births.list_pids, self._end_children, self._notices.say)
        self.tenant = Tenant(self._folder, *acts, find_limit=self._find_folder_limit)
        grounds.tenants.add(self.tenant)

    async def draft(self, session: str, sequence: int, release: Release) -> Json:
        """Import a revision ahead of any deploy and say what was found."""
        return await self._drafts.make(session, sequence, release)

    async def stop(self, generation: int, *, is_hidden: bool = False) -> None:
        """Drain whoever serves and keep folder and listener; a hidden app has no route until it serves again."""
        self.fence.advance(generation)
        self.candidate.drop()
        self.care.revival.cancel()
        async with self.seat.lock:
            self.slumber.close()
            self.care.revival.cancel()  # one that began while this waited
            self.record.wanted, self.record.is_hidden = "stopped", is_hidden
            self.record.former = None  # nobody serves any more, so nobody served before
            self.care.is_crashed = False
            self._grounds.state.save_now_or_later()
            former = await self.seat.vacate(DRAIN_S)
            self._grounds.routes.publish()
            self._notices.changed()
        # Not under the lock: a deploy need not wait for the last stream.
        if former is not None:
            await former.wait_drained()
            await former.leave()

    async def remove(self, generation: int) -> None:
        """End everything of this app and delete its folder and listener."""
        self.fence.advance(generation)
        self.candidate.drop()
        self._drafts.close()
        self.care.close()
        async with self.seat.lock:
            self.slumber.close()
            self.record.wanted = "idle"
            former = await self.seat.vacate(REMOVE_DRAIN_S)
            self._notices.changed()
            if former is not None:
                await former.wait_drained()
                await asyncio.wait([asyncio.create_task(former.leave())], timeout=REMOVE_LEAVE_S)
            await asyncio.gather(*(runner.kill() for runner in list(self._births.runners)))
            self._outlets.close()
            self.listener.close()
            self._grounds.tenants.discard(self.tenant)
            await asyncio.to_thread(delete_folder, self._folder)
            self._grounds.logs.forget(self.record.app_id)

    async def drain(self, parting: Parting) -> None:
        """Send everybody away, for the agent is about to end; the next one has it serve again."""
        self.candidate.drop()
        self.care.revival.cancel()
        async with self.seat.lock:
            self.slumber.close()
            if self.seat.active is not None:
                self.seat.active.thaw()
                await self.seat.active.linger()
                await asyncio.sleep(parting.linger_s)
                self.listener.admit_no_more()
                await wait_empty(self.listener)
            former = await self.seat.vacate(parting.drain_s, parting.idle_s)
            self.care.revival.cancel()  # of one that crashed meanwhile
            self.listener.close()
            self._notices.changed()
            if former is not None:
                await former.wait_drained()
                await former.leave()

    async def is_serving(self) -> bool:
        """Say whether a guest would be answered now: by who serves, or by who wakes for it."""
        if self.slumber.depth is not None or self.seat.incoming is not None:
            return True
        while (runner := self.seat.active) is not None:
            if await is_answering(self.listener, runner.release):
                return True
            if runner is self.seat.active:  # and not another one since
                return False
        return False

    async def freeze(self, generation: int) -> None:
        """Have who serves stand still until somebody asks."""
        self.fence.advance(generation)
        async with self.seat.lock:
            work = await self.slumber.freeze()
            if work:
                raise CommandError("busy", f"The app cannot be frozen: it has {work}.")

    async def sleep(self, generation: int) -> None:
        """End who serves until somebody asks."""
        self.fence.advance(generation)
        async with self.seat.lock:
            await self.slumber.end()
            self._grounds.state.save_now_or_later()

    async def wake(self, generation: int) -> None:
        """Have a sleeping app serve without waiting for a request."""
        self.fence.advance(generation)
        try:
            await self.slumber.wake()
        except UserCodeError as error:
            raise CommandError("failed", error.report["message"], error.report) from None
        self.care.vigil.touch()

    def set_policy(self, policy: Policy) -> None:
        """Decide when it goes to sleep and how long its former children are kept."""
        if policy != self.record.policy:
            self.record.policy = policy
            self._grounds.state.save_now_or_later()

    def set_granted(self, granted: tuple[Grant, ...]) -> None:
        """Connect nobody of this app anywhere else from now on, also who was made with more."""
        if granted != self.record.granted:
            self.record.granted = granted
            self._grounds.state.save_now_or_later()
            self._outlets.withdraw()

    def resume(self) -> None:
        """Start again what a former agent had running."""
        if self.record.wanted == "running" and self.record.active is not None:
            # Waiting for its next start, so that nobody else starts it meanwhile.
            self.care.is_crashed = True
            self.care.revival.begin(self.record.active)
        self.slumber.settle()

    def look(self) -> float:
        """See how who serves is doing, and whether anybody still asks for it; return how soon the next look is due."""
        self._drafts.end_idle()
        self.candidate.end_idle()
        runner = self.seat.active
        if runner is None or self.seat.lock.locked():
            return math.inf
        if is_broken(self.listener):
            runner.process.condemn(SHUT)  # whoever comes after it gets another one
            return math.inf
        due_s = self.care.look(runner)
        self.slumber.look(runner, self.care.vigil)
        return due_s

    def close(self) -> None:
        """Start nothing any more: the agent is ending, and its children with it."""
        self.care.close()
        self.slumber.close()
        self.candidate.drop()
        self._drafts.close()
        self._outlets.close()
        for runner in self._births.runners:
            runner.is_leaving = True

    @property
    def totals(self) -> Totals:
        """The sums over all children since the agent started."""
        return self._births.totals

    def list_digests(self) -> set[str]:
        """Return the revisions that it may still need: of all its children, and of what it may go back to."""
        releases = [self.record.active, self.record.former, self.candidate.release, *self._drafts.list_releases()]
        return {release.digest for release in releases if release is not None} | self._births.list_digests()

    def list_subjects(self) -> list[Subject]:
        """Return the child whose use of the machine is worth a look."""
        runner = self.seat.active
        # A report from a request says more: it has a line.
        if runner is None or self.care.trouble is not None:
            return []
        return [Subject(runner.process.pid, lambda report: self.care.note_trouble(runner, report))]

    def tell_core(self, is_kept: bool) -> None:
        """Say that who serves is kept on one core, or free of it again: nothing else shows why it has become slow."""
        self._notices.say(KEPT if is_kept else FREED, self.record.active.generation if self.record.active else None)

    def _end_children(self, cause: Cause) -> None:
        """Kill whoever works in the folder; who serves is started again as after any crash."""
        self._notices.say(f"The app was ended: {cause.message}")
        for runner in self._births.runners:
            if not runner.is_draft:
                runner.process.condemn(cause)

    def _find_folder_limit(self) -> int | None:
        """Return the folder's own limit: of who serves, and before anybody does of who is about to."""
        active = self.seat.active
        release = active.release if active is not None else self.candidate.release or self.record.active
        return release.limits.folder_bytes if release is not None else None

    async def _start_again(self) -> None:
        release = self.record.active
        if release is None:
            return
        try:
            await self.care.restart(release)
        except Exception:
            # Somebody asked for it: from here on it is one that crashed, and no longer one that sleeps.
            self.record.wanted = "running"
            self._grounds.state.save_now_or_later()
            self.care.revival.begin(release)
            self._notices.changed()
            raise

    def _on_end(self, runner: Runner) -> None:
        if runner is not self.seat.active or runner.is_leaving:
            return
        if runner.is_frozen:
            # Nobody was asking, and the next who does wakes it all the same.
            self.seat.active = None
            self.slumber.lie_down()
            self._grounds.state.save_now_or_later()
        else:
            self.care.lose(runner, runner.report_end())

    def _on_trouble(self, runner: Runner, report: Report | None) -> None:
        if report is None:
            self.care.note_end_of_endless()
        else:
            self.care.note_trouble(runner, report)
