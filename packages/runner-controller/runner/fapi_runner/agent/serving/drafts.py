"""The drafts of one app: at most two, the newest of each editing session, none for long."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from pathlib import Path

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.disk.view import View
from fapi_runner.agent.failures import CommandError, UserCodeError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.guard import guarded
from fapi_runner.agent.outcomes import has_succeeded
from fapi_runner.agent.serving.births import Births
from fapi_runner.agent.serving.draft import Draft
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.protocol import Json

DRAFTS_LIMIT = 2
SESSIONS_LIMIT = 64
IDLE_S = 300.0


class Drafts:
    """Made while somebody types; a deploy of the same key takes one over."""

    def __init__(self, grounds: Grounds, births: Births, folder: Path) -> None:
        self._grounds = grounds
        self._births = births
        self._folder = folder
        self._drafts: list[Draft] = []
        self._newest: OrderedDict[str, int] = OrderedDict()

    async def make(self, session: str, sequence: int, release: Release) -> Json:
        """Import a draft and say what was found; the newest sequence of a session ends its older ones."""
        self._advance(session, sequence)
        key = self._grounds.keys.make(release)
        draft = next((draft for draft in self._drafts if draft.key == key), None)
        if draft is not None:
            draft.session, draft.sequence = session, sequence
        for other in [other for other in self._drafts if other.session == session and other is not draft]:
            self._drop(other)
        draft = draft or self._begin(Draft(session, sequence, key, release))
        draft.used_at = time.monotonic()
        return await self._wait(draft)

    async def adopt(self, release: Release) -> Runner | None:
        """Have the child of the draft with the same key, made or still being made, be this release's from now on.

        None when there is none, or when it cannot be: a fresh one is no worse.
        """
        key = self._grounds.keys.make(release)
        draft = next((draft for draft in self._drafts if draft.key == key), None)
        if draft is None:
            return None
        self._drafts.remove(draft)
        adopted: Runner | None = None
        with guarded():
            try:
                runner = await draft.take(self._folder)
                if runner is not None:
                    draft.output.hand_over(await self._births.adopt(runner, release))
                adopted = runner
            except BaseException:
                draft.drop()
                raise
        return adopted

    def list_releases(self) -> list[Release]:
        """Return what is kept or being made."""
        return [draft.release for draft in self._drafts]

    def close(self) -> None:
        """End all of them."""
        for draft in list(self._drafts):
            self._drop(draft)

    def end_idle(self) -> None:
        """End those that nobody has asked for in a while."""
        now = time.monotonic()
        for draft in [draft for draft in self._drafts if draft.is_idle and now - draft.used_at > IDLE_S]:
            self._drop(draft)

    def _advance(self, session: str, sequence: int) -> None:
        newest = self._newest.get(session, -1)
        if sequence < newest:
            raise CommandError("superseded", f"sequence {sequence} of this session is older than {newest}.")
        self._newest[session] = sequence
        self._newest.move_to_end(session)
        while len(self._newest) > SESSIONS_LIMIT:
            self._newest.popitem(last=False)

    def _begin(self, draft: Draft) -> Draft:
        if len(self._drafts) >= DRAFTS_LIMIT:
            idle = [other for other in self._drafts if other.is_idle]
            if not idle:
                raise CommandError("busy", f"{DRAFTS_LIMIT} drafts of this app are being prepared.")
            self._drop(min(idle, key=lambda other: other.used_at))
        if not self._grounds.cores.take():
            raise CommandError("busy", "Every core is preparing a draft already.")
        draft.has_core = True
        self._drafts.append(draft)
        making = draft.begin(self._make)
        making.add_done_callback(lambda task: self._settle(draft, task))
        return draft

    async def _make(self, draft: Draft) -> Runner:
        code = self._grounds.revisions.get_code(draft.release.digest)
        copying = asyncio.ensure_future(asyncio.to_thread(View, self._grounds.folder.views, self._folder, code))
        try:
            draft.view = await asyncio.shield(copying)
        except BaseException:
            await asyncio.to_thread((await copying).close)
            raise
        return await self._births.make_draft(draft.release, draft.output, draft.view)

    async def _wait(self, draft: Draft) -> Json:
        try:
            return await draft.wait()
        except asyncio.CancelledError:
            if draft.was_dropped:
                raise CommandError("superseded", "A newer draft or command took the place of this one.") from None
            raise
        except UserCodeError as error:
            raise CommandError("failed", error.report["message"], error.report) from None

    def _drop(self, draft: Draft) -> None:
        self._drafts.remove(draft)
        draft.drop()
        self._free_core(draft)

    def _settle(self, draft: Draft, making: asyncio.Task[Json]) -> None:
        self._free_core(draft)
        if not has_succeeded(making) or draft.runner is None:
            self._forget(draft)
        else:
            draft.runner.process.ended.add_done_callback(lambda _: self._forget(draft))

    def _forget(self, draft: Draft) -> None:
        if draft in self._drafts:
            self._drafts.remove(draft)

    def _free_core(self, draft: Draft) -> None:
        if draft.has_core:
            draft.has_core = False
            self._grounds.cores.give_back()
