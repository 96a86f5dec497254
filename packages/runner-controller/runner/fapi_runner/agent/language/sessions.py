"""All sessions of one agent, within bounds."""

from __future__ import annotations

import asyncio

from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.language.context import SessionContext
from fapi_runner.agent.language.programs import TY
from fapi_runner.agent.language.session import Session, make_root
from fapi_runner.agent.language.spare import Spare

# Each is two processes and some 120 MB.
SESSIONS_LIMIT, SESSIONS_LIMIT_OF_APP = 16, 6


class Sessions:
    """Who has a session now, until the last of it is gone."""

    def __init__(self, context: SessionContext) -> None:
        self._context = context
        self._open: set[Session] = set()
        self._closing: dict[Session, asyncio.Task[None]] = {}
        self._spare = Spare(context, self._close)

    async def open(self, app_id: str, digest: str) -> Session:
        """Lay the folder of a new session; whoever gets it calls `close_later` at its end."""
        if not TY.path.is_file():
            raise CommandError("language_unavailable", "ty, the language server, is not installed here.")
        present = [session.app_id for session in (*self._open, *self._closing)]
        if len(present) >= SESSIONS_LIMIT or present.count(app_id) >= SESSIONS_LIMIT_OF_APP:
            limits = f"{SESSIONS_LIMIT_OF_APP} of an app and {SESSIONS_LIMIT} of all apps"
            raise CommandError("too_many_sessions", f"Too many editors are open: at most {limits}.")
        with self._context.revisions.hold(digest) as code:
            session = self._spare.take() or Session(self._context, make_root(self._context.folder.scratch))
            session.app_id = app_id
            self._open.add(session)
            self._spare.make_soon()
            try:
                await asyncio.to_thread(session.lay, code)
            except BaseException:
                self.close_later(session)
                raise
        return session

    def close_later(self, session: Session) -> None:
        """End a session."""
        if session in self._open:
            self._open.discard(session)
            self._close(session)
            if not self._open:
                self._spare.end_later()

    async def close(self) -> None:
        """End all of them."""
        for session in list(self._open):
            self.close_later(session)
        self._spare.end()
        if self._closing:
            await asyncio.wait(self._closing.values())

    def _close(self, session: Session) -> None:
        closing = self._closing[session] = asyncio.create_task(session.close())
        closing.add_done_callback(lambda _: self._closing.pop(session))
