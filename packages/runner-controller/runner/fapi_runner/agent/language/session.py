"""One editor's session: its folder, its servers, its end."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.disk.quota import MEBIBYTE, Tenant
from fapi_runner.agent.disk.trees import delete_tree
from fapi_runner.agent.language.broker import Broker, SessionOverError
from fapi_runner.agent.language.context import SessionContext
from fapi_runner.agent.language.documents import Documents
from fapi_runner.agent.language.files import Files
from fapi_runner.agent.language.first_look import ENTRY
from fapi_runner.agent.language.places import Places
from fapi_runner.agent.language.servers import Servers

CACHE_MEBIBYTES = 64


class Session:
    """Nobody's first, then an app's; `close` is called once, and everything of it is gone then."""

    app_id: str | None = None

    def __init__(self, context: SessionContext, root: Path) -> None:
        self._context = context
        self._root = root
        self._app, self._cache = root / "app", root / "cache"
        for folder in (self._app, self._cache):
            folder.mkdir(mode=0o755)
        if os.geteuid() == 0:
            root.chmod(0o711)  # for the user of the servers
        self._files = Files(self._app)
        self._laid: list[tuple[str, int]] = []
        self._documents = Documents()
        self._broker: Broker | None = None
        self._servers: Servers | None = None
        self._tenant: Tenant | None = None
        self._heard_at = asyncio.get_running_loop().time()
        self._leave: Callable[[SessionOverError], object] = lambda _: None
        self._idling: asyncio.TimerHandle | None = None
        self._is_over = False
        self._fault: SessionOverError | None = None

    def warm(self, entry: str, leave: Callable[[SessionOverError], object]) -> None:
        """Start the servers on an app that is nobody's, so that they read its libraries."""
        self._leave = leave
        self._files.change({ENTRY: entry}, [])
        self._start()

    @property
    def is_warm(self) -> bool:
        """Whether servers wait here for an app."""
        return self._servers is not None and self._servers.are_warm

    def lay(self, code: Path) -> None:
        """Copy the files of the draft as it was saved."""
        self._laid = [*self._files.change({}, [ENTRY]), *self._files.lay(code)]

    def begin(self, send: Callable[[bytes], object], leave: Callable[[SessionOverError], object]) -> None:
        """Serve an editor. `leave` is called when the session cannot go on, and why."""
        if self._is_over:
            return
        self._leave = leave
        if self._fault is not None:  # while it was nobody's
            leave(self._fault)
            return
        places = Places(self._app, self._cache, self._context.folder.root)
        if self._servers is None:
            servers = self._start()
        else:
            servers = self._servers
            servers.become(places.list_changes(self._laid))
        self._broker = Broker(servers, places, self._files, self._documents, send)
        self._heard_at = asyncio.get_running_loop().time()
        self._look_whether_idle()

    def _start(self) -> Servers:
        servers = self._servers = Servers(self._context, self._app, self._cache, self._documents, self._give_up)
        self._tenant = Tenant(
            self._cache,
            servers.list_pids,
            lambda _: self._give_up(),
            lambda _: None,
            "a cache",
            lambda: CACHE_MEBIBYTES * MEBIBYTE,
        )
        self._context.tenants.add(self._tenant)
        return servers

    def accept(self, body: bytes) -> None:
        """Take one message of the editor."""
        self._heard_at = asyncio.get_running_loop().time()
        if self._broker is not None:
            try:
                self._broker.accept(body)
            except SessionOverError as error:
                self._leave(error)
            except Exception as error:  # noqa: BLE001 - the editor begins anew, and this agent goes on
                traceback.print_exception(error, file=sys.stderr)
                self._leave(SessionOverError("session_gap", "A message could not be taken; the agent's log says why."))

    async def close(self) -> None:
        """End the servers and delete the folder."""
        self._is_over = True
        if self._idling is not None:
            self._idling.cancel()
        if self._broker is not None:
            self._broker.close()
        if self._tenant is not None:
            self._context.tenants.discard(self._tenant)
        if self._servers is not None:
            await self._servers.close()
        await asyncio.to_thread(delete_tree, self._root)

    def _give_up(self) -> None:
        self._fault = SessionOverError("language_unavailable", "The language server ends again and again.")
        self._leave(self._fault)

    def _look_whether_idle(self) -> None:
        loop, limit_s = asyncio.get_running_loop(), self._context.idle_s
        if loop.time() - self._heard_at >= limit_s:
            self._leave(SessionOverError("idle", f"Nothing was said for {limit_s:g} s."))
            return
        self._idling = loop.call_at(self._heard_at + limit_s, self._look_whether_idle)


def make_root(scratch: Path) -> Path:
    """Return a new folder for a session."""
    return Path(tempfile.mkdtemp(prefix="language-", dir=scratch))
