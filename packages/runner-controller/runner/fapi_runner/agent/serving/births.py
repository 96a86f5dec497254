"""Makes the runners of one app, knows all that live, and sums what they counted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.process import OutputSink
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.disk.view import View
from fapi_runner.agent.grounds import AppOutput, Grounds
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.metrics import Totals


class Births:
    """Every living runner of one app came from here."""

    def __init__(
        self,
        app_id: str,
        folder: Path,
        listener: socket.socket,
        grounds: Grounds,
        on_end: Callable[[Runner], None],
    ) -> None:
        self.runners: set[Runner] = set()
        self.totals = Totals()
        self._app_id = app_id
        self._folder = folder
        self._listener = listener
        self._grounds = grounds
        self._on_end = on_end

    async def make(self, release: Release, output: OutputSink | None = None, view: View | None = None) -> Runner:
        """Fork a child and have it import this release, in the app's folder or in a view of it."""
        code = self._grounds.revisions.get_code(release.digest)
        output = output or AppOutput(self._grounds.logs, self._app_id, release.generation)
        forking = asyncio.ensure_future(self._grounds.nursery.fork(Plumbing(self._listener), output))
        # A child that is being forked cannot be taken back: wait for it even when nobody wants it any more.
        try:
            process = await asyncio.shield(forking)
        except asyncio.CancelledError:
            await (await forking).kill()
            raise
        runner = Runner(release, code, process)
        self.runners.add(runner)
        process.ended.add_done_callback(lambda _: self._note_end(runner))
        try:
            await runner.prepare(self._folder, view)
        except BaseException:
            runner.dismiss()
            raise
        return runner

    def read_totals(self) -> dict[str, int]:
        """Return the sums over all children since the agent started."""
        pages = [runner.process.plumbing.page for runner in self.runners]
        return self.totals.read([page for page in pages if page is not None])

    def _note_end(self, runner: Runner) -> None:
        self.runners.discard(runner)
        if runner.process.plumbing.page is not None:
            self.totals.absorb(runner.process.plumbing.page)
        self._on_end(runner)
