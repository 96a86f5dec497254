"""One app: its listener, the runner that serves, the one that may follow, and the way back after a crash."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from typing import Literal

from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.grounds import AppOutput, Grounds
from fapi_runner.agent.listener import close_listener, open_listener
from fapi_runner.agent.plumbing import Plumbing
from fapi_runner.agent.runner import Runner
from fapi_runner.agent.state import AppRecord, Release
from fapi_runner.agent.workfolder import link_missing, point_links
from fapi_runner.metrics import Totals
from fapi_runner.protocol import Json
from fapi_runner.report import Report

DRAIN_IDLE_S = 5.0
DRAIN_S = 30.0
REMOVE_DRAIN_S = 2.0
GATEWAY_ACK_S = 1.0
BACKOFF_S = (0.0, 0.5, 2.0, 8.0, 30.0)
HEALTHY_AFTER_S = 30.0

AppPhase = Literal["idle", "running", "crashed", "stopped"]


@dataclass
class Failure:
    generation: int
    report: Report


class App:
    """The agent's side of one app. Whatever changes who serves holds `_switching`."""

    def __init__(self, record: AppRecord, grounds: Grounds) -> None:
        self.record = record
        self.restarts = 0
        self.totals = Totals()
        self.active: Runner | None = None
        self.candidate: Runner | None = None
        self._preparing: asyncio.Task[Runner] | None = None
        self._preparing_release: Release | None = None
        self._runners: set[Runner] = set()
        self._failure: Failure | None = None
        self._crashes = 0
        self._is_crashed = False
        self._revival: asyncio.Task[None] | None = None
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
        self._changed()
        for ready in (self.active, self.candidate):
            if ready is not None and ready.release.is_same(release.generation, release.digest):
                return ready.routes
        code = self._grounds.revisions.get_code(release.digest)
        preparing, wanted = self._preparing, self._preparing_release
        if preparing is None or wanted is None or not wanted.is_same(release.generation, release.digest):
            self.drop_candidate()
            link_missing(self._folder, code)
            preparing = self._preparing = asyncio.create_task(self._make_candidate(release))
            self._preparing_release = release
            self._changed()
        try:
            return (await asyncio.shield(preparing)).routes
        except asyncio.CancelledError:
            if preparing.cancelled():
                raise CommandError("stale_generation", "A newer command replaced this candidate.") from None
            raise
        except UserCodeError as error:
            raise CommandError("failed", error.report["message"], error.report) from None

    async def activate(self, generation: int, digest: str) -> None:
        """Let the prepared candidate take over from who serves now."""
        self.advance(generation)
        async with self._switching:
            self.advance(generation)
            if self.active is not None and self.active.release.is_same(generation, digest):
                return
            preparing, wanted = self._preparing, self._preparing_release
            if preparing is not None and wanted is not None and wanted.is_same(generation, digest):
                await asyncio.wait([preparing])
            runner = self.candidate
            if runner is None or not runner.release.is_same(generation, digest):
                message = f"No candidate of generation {generation} with digest {digest} is prepared."
                raise CommandError("unprepared", message)
            self.candidate = None
            try:
                await self._switch_to(runner)
            except UserCodeError as error:
                self._note_failure(runner.release, error.report)
                raise CommandError("failed", error.report["message"], error.report) from None

    async def stop(self, generation: int) -> None:
        """Drain whoever serves and keep the listener."""
        self.advance(generation)
        self.drop_candidate()
        self._cancel_revival()
        async with self._switching:
            self.record.wanted = "stopped"
            self._is_crashed = False
            self._grounds.state.save()
            await self._retire(DRAIN_S)

    async def remove(self, generation: int) -> None:
        """End everything of this app and delete its folder and listener."""
        self.advance(generation)
        self.drop_candidate()
        self._cancel_revival()
        async with self._switching:
            self.record.wanted = "idle"
            await self._retire(REMOVE_DRAIN_S)
            await asyncio.gather(*(runner.kill() for runner in list(self._runners)))
            close_listener(self._listener, self._path)
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            self._grounds.logs.forget(self.record.app_id)

    def close(self) -> None:
        """Start nothing any more: the agent is ending, and its children with it."""
        self._cancel_revival()
        if self._preparing is not None:
            self._preparing.cancel()
        for runner in self._runners:
            runner.is_leaving = True

    def resume(self) -> None:
        """Start again what a former agent had running."""
        if self.record.wanted == "running" and self.record.active is not None:
            self._revival = self._grounds.run(self._revive(self.record.active))

    def drop_candidate(self) -> None:
        """End the candidate, prepared or not yet."""
        if self._preparing is not None:
            self._preparing.cancel()
            self._preparing = None
            self._preparing_release = None
        if self.candidate is not None:
            self._grounds.run(self.candidate.kill())
            self.candidate = None

    def describe(self) -> Json:
        """Return the AppState of PROTOCOL.md."""
        state: Json = {
            "appId": self.record.app_id,
            "host": self.record.host,
            "generation": self.record.generation,
            "phase": self.phase,
            "restarts": self.restarts,
        }
        if self.active is not None:
            release = _describe_release(self.active.release)
            state["active"] = release | {"pid": self.active.process.pid, "since": self.active.since}
        candidate = self.candidate.release if self.candidate else self._preparing_release
        if candidate is not None:
            state["candidate"] = _describe_release(candidate)
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
            self._forget_preparing()
            self._note_failure(release, error.report)
            raise
        self._forget_preparing()
        self.candidate = runner
        self._changed()
        return runner

    def _forget_preparing(self) -> None:
        self._preparing = None
        self._preparing_release = None

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
            self._grounds.run(runner.kill())
            raise
        return runner

    async def _switch_to(self, runner: Runner) -> None:
        former = self.active
        point_links(self._folder, self._grounds.revisions.get_code(runner.release.digest), self._grounds.revisions.root)
        try:
            await runner.start()
            await runner.accept()
        except BaseException:
            self._grounds.run(runner.kill())
            if former is not None:
                code = self._grounds.revisions.get_code(former.release.digest)
                point_links(self._folder, code, self._grounds.revisions.root)
            raise
        self._cancel_revival()
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

    async def _retire(self, deadline_s: float) -> None:
        former, self.active = self.active, None
        self._changed()
        if former is not None:
            await former.stop_accepting(0, deadline_s)
            await asyncio.shield(former.process.ended)

    def _on_end(self, runner: Runner) -> None:
        self._runners.discard(runner)
        if runner.process.plumbing.page is not None:
            self.totals.absorb(runner.process.plumbing.page)
        if runner is not self.active or runner.is_leaving:
            return
        self.active = None
        self._is_crashed = True
        if time.monotonic() - runner.started_at >= HEALTHY_AFTER_S:
            self._crashes = 0
        self._note_failure(runner.release, runner.report_end())
        self._revival = self._grounds.run(self._revive(runner.release))

    async def _revive(self, release: Release) -> None:
        while True:
            delay = BACKOFF_S[min(self._crashes, len(BACKOFF_S) - 1)]
            await asyncio.sleep(delay)
            self._crashes += 1
            self.restarts += 1
            try:
                runner = await self._make_runner(release)
                async with self._switching:
                    self._revival = None  # from here on it is not to be cancelled by its own switch
                    await self._switch_to(runner)
            except UserCodeError as error:
                self._is_crashed = True
                self._note_failure(release, error.report)
                self._revival = asyncio.current_task()
            except CommandError as error:  # its code is gone
                self._say(error.message)
                return
            else:
                return

    def _cancel_revival(self) -> None:
        if self._revival is not None:
            self._revival.cancel()
            self._revival = None

    def _note_failure(self, release: Release, report: Report) -> None:
        self._failure = Failure(release.generation, report)
        self._say(report["message"], release.generation)
        self._changed()

    def _say(self, text: str, generation: int | None = None) -> None:
        self._grounds.logs.write(self.record.app_id, generation or self.record.generation, "system", [text])

    def _changed(self) -> None:
        self._grounds.announce(self.describe())
        self._grounds.routes.publish()


def _describe_release(release: Release) -> Json:
    return {"generation": release.generation, "digest": release.digest, "envVersion": release.env_version}
