"""Who serves one app, and how another one takes over without a request lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.disk.state import AppRecord, Release
from fapi_runner.agent.disk.workfolder import point_links
from fapi_runner.agent.failures import UserCodeError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.guard import guarded
from fapi_runner.agent.serving.births import Births
from fapi_runner.agent.serving.parking import Parking
from fapi_runner.agent.serving.runner import Runner

DRAIN_IDLE_S = 5.0
DRAIN_S = 30.0
GATEWAY_ACK_S = 1.0


class Seat:
    """Whatever changes who serves holds `lock`."""

    def __init__(
        self, record: AppRecord, grounds: Grounds, births: Births, folder: Path, on_change: Callable[[], None]
    ) -> None:
        self.active: Runner | None = None
        self.incoming: Release | None = None  # while an exclusive app has nobody to serve it
        self.is_starting = False  # somebody who is to serve; nobody may serve before it
        self.parking = Parking(on_change)
        self.rolled_back_for = -1
        self.lock = asyncio.Lock()
        self._record = record
        self._grounds = grounds
        self._births = births
        self._folder = folder

    async def give_to(self, runner: Runner, on_serving: Callable[[], None] = lambda: None) -> Runner:
        """Let a prepared runner take over, or one like it, and return it; when it cannot, everything is as before.

        `on_serving` is called as soon as it serves: it may end while the former one is still being sent away.
        """
        former = self.active
        self.is_starting = True
        try:
            self._point_links(runner.release)
            if runner.prepared["readFormerAssets"]:
                runner.dismiss()
                runner = await self._births.make(runner.release)
            if runner.release.exclusive and former is not None:
                await self._clear(former, runner.release)
            await runner.start()
            await runner.accept()
        except BaseException:
            runner.dismiss()
            if former is not None:
                await self._restore(former)
            raise
        finally:
            self.incoming, self.is_starting = None, False
        self._note(runner)
        on_serving()
        if former is not None and not former.is_leaving:
            await self._send_away(former)
        return runner

    def is_done(self, generation: int, to_generation: int | None) -> bool:
        """Say whether this rollback has been done already: it may be asked for twice."""
        if self.active is None:
            return False
        return generation == self.rolled_back_for or self.active.release.generation == to_generation

    async def give_back_to(self, release: Release) -> Runner:
        """Let a former release serve again, by a fresh child when its own is not there any more."""
        present = self.active
        former = self.parking.find(release.generation)
        if former is not None:
            runner = await former.call_back()
            try:
                self._point_links(release)
                await runner.accept()
            except UserCodeError:  # it did not survive its stay
                runner.dismiss()
            except BaseException:
                runner.dismiss()
                if present is not None:
                    await self._restore(present)
                raise
            else:
                self._note(runner)
                if present is not None:
                    await self._send_away(present)
                return runner
        return await self.give_to(await self._births.make(release))

    async def vacate(self, deadline_s: float, idle_s: float = 0) -> Runner | None:
        """Have nobody serve; returns who leaves, once it accepts no more."""
        self.parking.clear()
        former, self.active = self.active, None
        if former is not None:
            await former.stop_accepting(idle_s, deadline_s)
        return former

    def save(self) -> None:
        """Write down who serves, for an agent that may come after us."""
        self._grounds.state.save_now_or_later()

    async def wait_routed(self) -> None:
        """Wait until the gateways route by the newest table."""
        await self._grounds.routes.wait_applied(self._grounds.routes.version, GATEWAY_ACK_S)

    async def _send_away(self, former: Runner) -> None:
        await former.stop_accepting(DRAIN_IDLE_S, DRAIN_S)
        self.parking.receive(former, 0 if former.release.exclusive else self._record.policy.park_s)

    async def _clear(self, former: Runner, incoming: Release) -> None:
        # The gateways close their idle connections at a new generation; without that the drain would wait for them.
        self.active, self.incoming = None, incoming
        self.parking.clear()
        await former.stop_accepting(DRAIN_IDLE_S, DRAIN_S)
        self._grounds.routes.publish()
        await former.wait_drained()
        await former.leave()

    async def _restore(self, former: Runner) -> None:
        # When not even this succeeds, whoever asked is told of the first failure, and Care goes on from there.
        with guarded():
            self._point_links(former.release)
        if self.active is None:
            with guarded(), contextlib.suppress(UserCodeError):
                runner = await self._births.make(former.release)
                try:
                    await runner.start()
                    await runner.accept()
                except BaseException:
                    runner.dismiss()
                    raise
                self._note(runner)

    def _note(self, runner: Runner) -> None:
        self.active = runner
        self._record.active, self._record.wanted = runner.release, "running"

    def _point_links(self, release: Release) -> None:
        revisions = self._grounds.revisions
        point_links(self._folder, revisions.get_code(release.digest), revisions.root)
