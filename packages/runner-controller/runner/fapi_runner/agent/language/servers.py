"""The two servers of one session, each started again when it ends."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.language.context import SessionContext
from fapi_runner.agent.language.documents import Document, Documents
from fapi_runner.agent.language.first_look import FirstLook, look_at
from fapi_runner.agent.language.language_server import SOURCES, LanguageServer
from fapi_runner.agent.language.programs import RUFF, TY
from fapi_runner.agent.language.server import GoneError, RpcError, RunningServer
from fapi_runner.protocol import Json

# So often within so long, and it is not tried again.
STARTS_LIMIT, STARTS_WHILE_S = 6, 60.0
PAUSES_S = (0.0, 0.2, 1.0, 3.0, 5.0)
CHANGED_FILES = "workspace/didChangeWatchedFiles"
# What an editor says of itself is a few thousand bytes; more is not kept for the next one.
CAPABILITIES_LIMIT = 64_000


class Servers:
    """Both of them, from the start of a session to its end."""

    def __init__(
        self, context: SessionContext, app: Path, cache: Path, documents: Documents, give_up: Callable[[], object]
    ):
        self._context = context
        self._app = app
        self._cache = cache
        self._give_up = give_up
        self.ty, self.ruff = LanguageServer(TY, documents), LanguageServer(RUFF, documents)
        self.both = (self.ty, self.ruff)
        self._warming: asyncio.Task[None] | None = None
        self._first_look = FirstLook(self.ty, app)
        self._keeping: list[asyncio.Task[None]] = []
        self._begin(context.last_editor.capabilities)

    async def introduce(self, capabilities: Json) -> list[Json]:
        """Tell the servers what the editor can do; returns what they can, nothing for one that does not start."""
        if not self._capabilities.done():
            self._capabilities.set_result(capabilities)
        elif self._capabilities.result() != capabilities:
            # Those that were told of another kind of editor hear of this one from their start on.
            for task in self._keeping:
                task.cancel()
            self._begin(capabilities)
        told = [await first for first in self._firsts.values()]
        # Only what all have taken: the next editor is somebody else's, and has no part in what this one says.
        taken = [said for server, said in zip(self.both, told, strict=True) if server.program.path.is_file()]
        if all(taken) and len(json.dumps(capabilities)) <= CAPABILITIES_LIMIT:
            self._context.last_editor.capabilities = capabilities
        return told

    def open(self, document: Document) -> None:
        """Tell both of an open text."""
        self._first_look.end()
        for server in self.both:
            server.open(document)
        if self._warming is None and document.uri.endswith(SOURCES):
            self._warming = asyncio.create_task(look_at(self.ty, document.uri))

    def tell(self, uri: str, method: str, params: Json) -> None:
        """Tell both something of a text."""
        for server in self.both:
            server.tell(uri, method, params)

    def note_files(self, changes: list[Json]) -> None:
        """Tell both that files are not what they were."""
        if changes:
            self._first_look.end()
            for server in self.both:
                server.notify(CHANGED_FILES, {"changes": changes})

    @property
    def are_warm(self) -> bool:
        """Whether all that go on run, and have read the libraries that the app begins with."""
        going = [server for server in self.both if server not in self._given_up]
        return self._first_look.is_done and all(server.find_pid() is not None for server in going)

    def become(self, changes: list[Json]) -> None:
        """Be another app's, whose files are in the folder now: of the libraries nothing has to be read again."""
        self._first_look.leave()
        for server in self.both:
            server.notify(CHANGED_FILES, {"changes": changes})
        self._first_look.begin()

    def list_pids(self) -> list[int]:
        """Return the processes that there are now."""
        return [pid for server in self.both if (pid := server.find_pid()) is not None]

    async def close(self) -> None:
        """End both, for good."""
        self._first_look.break_off()
        tasks = [task for task in (*self._keeping, self._warming) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    def _begin(self, capabilities: Json | None) -> None:
        """Start both; they are told of the editor when it is known what it can do."""
        self._capabilities: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        if capabilities is not None:
            self._capabilities.set_result(capabilities)
        self._given_up: set[LanguageServer] = set()  # ended again and again, or not installed
        self._firsts: dict[LanguageServer, asyncio.Future[Json]] = {server: asyncio.Future() for server in self.both}
        self._keeping += [asyncio.create_task(self._keep(server)) for server in self.both]

    async def _keep(self, server: LanguageServer) -> None:
        first = self._firsts[server]
        starts: deque[float] = deque(maxlen=STARTS_LIMIT)
        loop = asyncio.get_running_loop()
        while server.program.path.is_file():
            if len(starts) == STARTS_LIMIT and loop.time() - starts[0] < STARTS_WHILE_S:
                break
            recent = sum(loop.time() - at < STARTS_WHILE_S for at in starts)
            await asyncio.sleep(PAUSES_S[min(max(0, recent - 1), len(PAUSES_S) - 1)])
            starts.append(loop.time())
            await self._live(server, first)
        if not first.done():
            first.set_result({})
        self._given_up.add(server)
        if server is self.ty:
            self._give_up()

    async def _live(self, server: LanguageServer, first: asyncio.Future[Json]) -> None:
        """Have one server, from its start to its end."""
        over = asyncio.Event()
        running = RunningServer(server.program, over.set)
        try:
            await running.start(self._context.nursery, self._app, self._cache)
            told = await server.greet(running, self._app.as_uri(), await asyncio.shield(self._capabilities))
            if not first.done():
                first.set_result(told)
            if server is self.ty:
                self._first_look.begin()
            await over.wait()
        except (GoneError, RpcError, CommandError, OSError):
            pass
        finally:
            if server is self.ty:
                self._first_look.break_off()
            server.part()
            running.close()
