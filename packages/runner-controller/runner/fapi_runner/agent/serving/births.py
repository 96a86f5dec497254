"""Makes the runners of one app, knows all that live, and sums what they counted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from fapi_runner.agent.children.claims import read_report
from fapi_runner.agent.children.logs import Intake
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.children.output import OutputSink
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.disk.view import View
from fapi_runner.agent.egress.outlets import Outlets
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.listening.listener import Listener
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.grants import list_outlets
from fapi_runner.metrics import Origin, Totals
from fapi_runner.report import Report

TROUBLE_EVERY_S = 1.0


class Births:
    """Every living runner of one app came from here."""

    def __init__(
        self,
        app_id: str,
        folder: Path,
        listener: Listener,
        grounds: Grounds,
        outlets: Outlets,
        on_end: Callable[[Runner], None],
        on_trouble: Callable[[Runner, Report | None], None],
    ) -> None:
        self.runners: set[Runner] = set()
        self.totals = Totals()
        self._app_id = app_id
        self._folder = folder
        self._listener = listener
        self._grounds = grounds
        self._outlets = outlets
        self._on_end = on_end
        self._on_trouble = on_trouble

    def list_pids(self) -> list[int]:
        """Return every child that may be writing to the app's folder."""
        return [runner.process.pid for runner in self.runners if not runner.is_draft]

    def list_digests(self) -> set[str]:
        """Return the revisions that some living child is of."""
        return {runner.release.digest for runner in self.runners}

    async def make(self, release: Release) -> Runner:
        """Fork a child and have it import this release in the app's folder."""
        runner = await self._fork(release, self._open_log(release), has_keeper=bool(release.egress))
        self._count_in(runner)
        async with _dismissing(runner):
            await self._connect(runner)
            await runner.prepare(self._folder, None)
        return runner

    async def make_draft(self, release: Release, output: OutputSink, view: View) -> Runner:
        """Fork a child and have it import this release in a view of the app's folder, which is deleted with its end.

        It is nobody's until it is adopted.
        """
        try:
            runner = await self._fork(release, output, has_keeper=True)
        except BaseException:
            await asyncio.to_thread(view.close)
            raise
        runner.is_draft = True
        self._house(runner, view)
        async with _dismissing(runner):
            await runner.prepare(self._folder, view)
        return runner

    async def adopt(self, runner: Runner, release: Release) -> Intake:
        """Have a draft's child be this release's; returns where its output belongs from now on."""
        async with _dismissing(runner):
            await runner.adopt(release, self._folder)
            await self._connect(runner)
        self._count_in(runner)
        return self._open_log(release)

    def _open_log(self, release: Release) -> Intake:
        masker = Masker(release.environment, release.secrets)
        return self._grounds.logs.open(self._app_id, release.generation, masker)

    def _count_in(self, runner: Runner) -> None:
        page, release = runner.process.plumbing.page, runner.release
        if page is not None:
            self.totals.open(page, Origin(release.generation, release.digest), runner.masker.mask)

    async def _fork(self, release: Release, output: OutputSink, *, has_keeper: bool) -> Runner:
        is_brokered = bool(release.egress) and not await self._has_network()
        code = self._grounds.revisions.get_code(release.digest)
        # Only now: what refuses must leave no descriptor behind, and the nursery closes them when it fails.
        plumbing = Plumbing(is_serving=True, has_keeper=has_keeper)
        forking = asyncio.ensure_future(self._grounds.nursery.fork(plumbing, output, release.limits))
        # A child that is being forked cannot be taken back: wait for it even when nobody wants it any more.
        try:
            process = await asyncio.shield(forking)
        except asyncio.CancelledError:
            await (await forking).kill()
            raise
        runner = Runner(release, code, process, self._listener)
        self.runners.add(runner)
        if is_brokered:
            self._stand_in(runner)
        process.on_trouble = lambda claim: self._hear_trouble(runner, claim)
        process.ended.add_done_callback(lambda _: self._note_end(runner))
        return runner

    def _hear_trouble(self, runner: Runner, claim: object) -> None:
        # A child that is what it should be is quiet for longer than this; another one may say it without end.
        now = time.monotonic()
        if now - runner.trouble_at >= TROUBLE_EVERY_S:
            runner.trouble_at = now
            self._on_trouble(runner, None if claim is None else runner.fit(read_report(claim, "running")))

    async def _connect(self, runner: Runner) -> None:
        """Open what was granted, in the child's own network; a draft has none before it is adopted."""
        outlets, process = list_outlets(runner.release.egress), runner.process
        if runner.broker is not None:
            runner.broker.open()
        elif outlets and process.plumbing.keeper is not None and not process.ended.done():
            listeners = await process.plumbing.keeper.listen(outlets)
            close = self._outlets.serve(outlets, listeners)
            process.ended.add_done_callback(lambda _: close())

    def _stand_in(self, runner: Runner) -> None:
        """Connect what was granted in the child's place; nothing is, before it is opened."""
        process = runner.process
        if process.plumbing.keeper is not None and not process.ended.done():
            runner.broker, close = self._outlets.broker(list_outlets(runner.release.egress))
            process.plumbing.keeper.hear_calls(runner.broker.listen)
            process.ended.add_done_callback(lambda _: close())

    async def _has_network(self) -> bool:
        """Say whether children have networks of their own; raise CommandError where nothing can be granted at all."""
        layers = await self._grounds.find_layers()
        layer = next(layer for layer in layers if layer["name"] == "egress")
        if not layer["active"]:
            level = (await self._grounds.nursery.find_isolation())["level"]
            message = f"Nothing can be granted at isolation level {level}: the layer egress is missing"
            raise CommandError("egress_unavailable", f"{message} ({layer['reason']}).")
        return any(layer["name"] == "namespaces" and layer["active"] for layer in layers)

    def _house(self, runner: Runner, view: View) -> None:
        process, tenants = runner.process, self._grounds.tenants
        tenant = Tenant(
            view.root,
            lambda: [process.pid],
            process.condemn,
            process.output.tail.append,
            find_limit=lambda: runner.release.limits.folder_bytes,
        )
        loop = asyncio.get_running_loop()

        def leave(_: object) -> None:
            tenants.discard(tenant)
            loop.run_in_executor(None, view.close)

        tenants.add(tenant)
        process.ended.add_done_callback(leave)

    def _note_end(self, runner: Runner) -> None:
        self.runners.discard(runner)
        if runner.process.plumbing.page is not None:
            self.totals.absorb(runner.process.plumbing.page)
        self._on_end(runner)


@contextlib.asynccontextmanager
async def _dismissing(runner: Runner) -> AsyncIterator[None]:
    """End a child that does not become ready."""
    try:
        yield
    except BaseException:
        runner.dismiss()
        raise
