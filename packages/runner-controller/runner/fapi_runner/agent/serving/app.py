"""One app: its listener, the runner that serves, the one that may follow, and the way back after a crash."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from typing import Literal

from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.disk.state import AppRecord, Release
from fapi_runner.agent.disk.workfolder import link_missing, point_links
from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.grounds import AppOutput, Grounds
from fapi_runner.agent.serving.candidate import CandidateSlot, wait_for_candidate
from fapi_runner.agent.serving.listener import close_listener, open_listener
from fapi_runner.agent.serving.revival import Revival
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.metrics import Totals
from fapi_runner.protocol import Json
from fapi_runner.report import Report, bound

DRAIN_IDLE_S = 5.0
DRAIN_S = 30.0
REMOVE_DRAIN_S = 2.0
GATEWAY_ACK_S = 1.0

AppPhase = Literal["idle", "running", "crashed", "stopped"]


@dataclass
class Failure:
    generation: int
    report: Report


class App:
    """The agent's side of one app. Whatever changes who serves holds `_switching`."""

    def __init__(self, record: AppRecord, grounds: Grounds) -> None:
        self.record = record
        self.totals = Totals()
        self.active: Runner | None = None
        self._candidate = CandidateSlot(self._make_candidate)
        self._revival = Revival(self._restart)
        self._runners: set[Runner] = set()
        self._failure: Failure | None = None
        self._is_crashed = False
        self._switching = asyncio.Lock()
        self._grounds = grounds
        self._folder = grounds.folder.apps / record.app_id
        self._path = grounds.folder.listener_path(record.app_id)
        self._listener = open_listener(self._path)

    @property
    def phase(self) -> AppPhase:
        if self.active is not None:
            return "running"
        if self.record.wanted == "stopped":
            return "stopped"
        return "crashed" if self._is_crashed else "idle"

    def advance(self, generation: int) -> None:
        """Refuse an older generation and remember a newer one."""
        if generation < self.record.generation:
            message = f"generation {generation} is older than {self.record.generation}."
            raise CommandError("stale_generation", message)
        if generation > self.record.generation:
            self.record.generation = generation
            self._grounds.state.save()

    async def prepare(self, release: Release, host: str) -> list[Json]:
        """Make a candidate of this release ready and return its routes."""
        self.advance(release.generation)
        self.record.host = host
        if self.active is not None and self.active.release.is_same(release.generation, release.digest):
            return self.active.routes
        preparing = self._candidate.find(release.generation, release.digest)
        if preparing is None:
            link_missing(self._folder, self._grounds.revisions.get_code(release.digest))
            preparing = self._candidate.begin(release)
            self._changed()
        return (await wait_for_candidate(preparing)).routes

    async def activate(self, generation: int, digest: str) -> None:
        """Let the prepared candidate take over from who serves now."""
        self.advance(generation)
        async with self._switching:
            self.advance(generation)
            if self.active is not None and self.active.release.is_same(generation, digest):
                # Prepared while the app came back by itself: nobody will ask for it any more.
                self._candidate.drop()
                return
            runner = await self._candidate.take(generation, digest)
            try:
                await self._switch_to(runner)
            except UserCodeError as error:
                self._note_failure(runner.release, error.report)
                raise CommandError("failed", error.report["message"], error.report) from None

    async def stop(self, generation: int) -> None:
        """Drain whoever serves and keep the listener."""
        self.advance(generation)
        self._candidate.drop()
        self._revival.cancel()
        async with self._switching:
            self.record.wanted = "stopped"
            self._is_crashed = False
            self._grounds.state.save()
            former = await self._retire(DRAIN_S)
        # Not under the lock: a deploy need not wait for the last stream.
        if former is not None:
            await asyncio.shield(former.process.ended)

    async def remove(self, generation: int) -> None:
        """End everything of this app and delete its folder and listener."""
        self.advance(generation)
        self._candidate.drop()
        self._revival.cancel()
        async with self._switching:
            self.record.wanted = "idle"
            former = await self._retire(REMOVE_DRAIN_S)
            if former is not None:
                await asyncio.wait([former.process.ended], timeout=REMOVE_DRAIN_S + 1)
            await asyncio.gather(*(runner.kill() for runner in list(self._runners)))
            close_listener(self._listener, self._path)
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._grounds.logs.forget(self.record.app_id)

    def resume(self) -> None:
        """Start again what a former agent had running."""
        if self.record.wanted == "running" and self.record.active is not None:
            # Waiting for its next start, so that nobody else starts it meanwhile.
            self._is_crashed = True
            self._revival.begin(self.record.active)

    def close(self) -> None:
        """Start nothing any more: the agent is ending, and its children with it."""
        self._revival.cancel()
        self._candidate.drop()
        for runner in self._runners:
            runner.is_leaving = True

    def describe(self) -> Json:
        """Return the AppState of PROTOCOL.md."""
        state: Json = {
            "appId": self.record.app_id,
            "host": self.record.host,
            "generation": self.record.generation,
            "phase": self.phase,
            "restarts": self._revival.restarts,
        }
        if self.active is not None:
            release = _describe_release(self.active.release)
            state["active"] = release | {"pid": self.active.process.pid, "since": self.active.since}
        if self._candidate.release is not None:
            state["candidate"] = _describe_release(self._candidate.release)
        if self._failure is not None:
            state["failure"] = {"generation": self._failure.generation, "report": self._failure.report}
        return state

    def describe_route(self) -> Json:
        """Return this app's row of the gateways' table."""
        release = self.active.release if self.active else self.record.active
        return {
            "host": self.record.host,
            "appId": self.record.app_id,
            "socket": str(self._path),
            "generation": release.generation if release else 0,
            "phase": self.phase,
        }

    def read_totals(self) -> dict[str, int]:
        """Return the sums over all children since the agent started."""
        pages = [runner.process.plumbing.page for runner in self._runners]
        return self.totals.read([page for page in pages if page is not None])

    async def _make_candidate(self, release: Release) -> Runner:
        try:
            runner = await self._make_runner(release)
        except UserCodeError as error:
            # Once the slot is empty again, so that nobody is told of a candidate that failed.
            asyncio.get_running_loop().call_soon(self._note_failure, release, error.report)
            raise
        self._changed()
        return runner

    async def _make_runner(self, release: Release) -> Runner:
        code = self._grounds.revisions.get_code(release.digest)
        plumbing = Plumbing(self._listener)
        output = AppOutput(self._grounds.logs, self.record.app_id, release.generation)
        forking = asyncio.ensure_future(self._grounds.nursery.fork(plumbing, output))
        # A child that is being forked cannot be taken back: wait for it even when nobody wants it any more.
        try:
            process = await asyncio.shield(forking)
        except asyncio.CancelledError:
            await (await forking).kill()
            raise
        runner = Runner(release, code, process)
        self._runners.add(runner)
        process.ended.add_done_callback(lambda _: self._on_end(runner))
        try:
            await runner.prepare(self._folder)
        except BaseException:
            runner.dismiss()
            raise
        return runner

    async def _switch_to(self, runner: Runner) -> None:
        former = self.active
        self._point_links(runner)
        try:
            if runner.has_read_former_assets:
                runner.dismiss()
                runner = await self._make_runner(runner.release)
            await runner.start()
            await runner.accept()
        except BaseException:
            runner.dismiss()
            if former is not None:
                self._point_links(former)
            raise
        self._revival.cancel()
        self.active = runner
        self.record.active = runner.release
        self.record.wanted = "running"
        self._failure = None
        self._is_crashed = False
        self._grounds.state.save()
        if former is not None:
            await former.stop_accepting(DRAIN_IDLE_S, DRAIN_S)
        self._say(f"Revision {runner.release.digest} is serving (generation {runner.release.generation}).")
        self._changed()
        await self._grounds.routes.wait_applied(self._grounds.routes.version, GATEWAY_ACK_S)

    async def _retire(self, deadline_s: float) -> Runner | None:
        former, self.active = self.active, None
        self._changed()
        if former is not None:
            await former.stop_accepting(0, deadline_s)
        return former

    def _on_end(self, runner: Runner) -> None:
        self._runners.discard(runner)
        if runner.process.plumbing.page is not None:
            self.totals.absorb(runner.process.plumbing.page)
        if runner is not self.active or runner.is_leaving:
            return
        self.active = None
        self._is_crashed = True
        self._note_failure(runner.release, runner.report_end())
        self._revival.begin(runner.release, time.monotonic() - runner.started_at)

    async def _restart(self, release: Release) -> None:
        try:
            runner = await self._make_runner(release)
            async with self._switching:
                await self._switch_to(runner)
        except UserCodeError as error:
            self._is_crashed = True
            self._note_failure(release, error.report)
            raise
        except CommandError as error:
            self._say(error.message)
            raise

    def _point_links(self, runner: Runner) -> None:
        revisions = self._grounds.revisions
        point_links(self._folder, revisions.get_code(runner.release.digest), revisions.root)

    def _note_failure(self, release: Release, report: Report) -> None:
        self._failure = Failure(release.generation, bound(report))
        self._say(report["message"], release.generation)
        self._changed()

    def _say(self, text: str, generation: int | None = None) -> None:
        self._grounds.logs.write(self.record.app_id, generation or self.record.generation, "system", [text])

    def _changed(self) -> None:
        self._grounds.announce(self.describe())
        self._grounds.routes.publish()


def _describe_release(release: Release) -> Json:
    return {"generation": release.generation, "digest": release.digest, "envVersion": release.env_version}
