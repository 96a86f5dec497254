"""The two servers of one session, each started again when it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.language.context import SessionContext
from fapi_runner.agent.language.documents import Document, Documents
from fapi_runner.agent.language.programs import RUFF, TY, Program, make_introduction
from fapi_runner.agent.language.routing import CLOSE, OPEN
from fapi_runner.agent.language.server import GoneError, Reply, RpcError, RunningServer
from fapi_runner.protocol import Json

# So often within so long, and it is not tried again.
STARTS_LIMIT, STARTS_WHILE_S = 6, 60.0
PAUSES_S = (0.0, 0.2, 1.0, 3.0, 5.0)
SOURCES = (".py", ".pyi")
CHANGED_FILES = "workspace/didChangeWatchedFiles"
ENTRY = "main.py"


class LanguageServer:
    """One of the two: there is a server, or one is being started."""

    def __init__(self, program: Program, documents: Documents) -> None:
        self.program = program
        self._documents = documents
        self._running: RunningServer | None = None

    def find_pid(self) -> int | None:
        """Return the process of the server that is there."""
        return None if self._running is None or self._running.process is None else self._running.process.pid

    async def greet(self, running: RunningServer, uri: str, capabilities: Json) -> Json:
        """Begin with a new server, and tell it of all that is open; returns what it can do."""
        told = (await running.begin("initialize", make_introduction(self.program, uri, capabilities))).result
        running.notify("initialized", {})
        self._running = running
        for document in self._documents.list_open():
            self.open(document)
        said = told.get("capabilities") if isinstance(told, dict) else None
        return said if isinstance(said, dict) else {}

    def part(self) -> None:
        """Be without a server for now."""
        self._running = None

    def open(self, document: Document) -> None:
        """Tell it of an open text."""
        told = {"uri": document.uri, "languageId": document.language, "version": document.version}
        self.tell(document.uri, OPEN, {"textDocument": {**told, "text": document.text}})

    def tell(self, uri: str, method: str, params: Json) -> None:
        """Tell it something of a text, when that is its matter."""
        if uri.endswith(SOURCES):
            self.notify(method, params)

    def notify(self, method: str, params: Json) -> None:
        """Tell it something; who is being started hears later of all that is open."""
        if self._running is not None:
            self._running.notify(method, params)

    def begin(self, method: str, params: Json) -> Coroutine[Any, Any, Reply]:
        """Ask at once, before whatever is said next; returns what waits for the answer, and may raise GoneError."""
        return _fail() if self._running is None else self._running.begin(method, params)


class Servers:
    """Both of them, from the start of a session to its end."""

    def __init__(
        self, context: SessionContext, app: Path, cache: Path, documents: Documents, give_up: Callable[[], object]
    ):
        self._context = context
        self._app = app
        self._cache = cache
        self._documents = documents
        self._give_up = give_up
        self.ty, self.ruff = LanguageServer(TY, documents), LanguageServer(RUFF, documents)
        self.both = (self.ty, self.ruff)
        self._warming: asyncio.Task[None] | None = None
        self._rehearsing: asyncio.Task[None] | None = None
        self._is_rehearsed = False
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
        self._context.last_editor.capabilities = capabilities
        return [await first for first in self._firsts.values()]

    def open(self, document: Document) -> None:
        """Tell both of an open text."""
        self._end_rehearsal()
        for server in self.both:
            server.open(document)
        if self._warming is None and document.uri.endswith(SOURCES):
            self._warming = asyncio.create_task(_warm(self.ty, document.uri))

    def tell(self, uri: str, method: str, params: Json) -> None:
        """Tell both something of a text."""
        for server in self.both:
            server.tell(uri, method, params)

    def note_files(self, changes: list[Json]) -> None:
        """Tell both that files are not what they were."""
        self._end_rehearsal()
        for server in self.both if changes else ():
            server.notify(CHANGED_FILES, {"changes": changes})

    def list_pids(self) -> list[int]:
        """Return the processes that there are now."""
        return [pid for server in self.both if (pid := server.find_pid()) is not None]

    async def close(self) -> None:
        """End both, for good."""
        tasks = [task for task in (*self._keeping, self._warming, self._rehearsing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    def _begin(self, capabilities: Json | None) -> None:
        """Start both; they are told of the editor when it is known what it can do."""
        self._capabilities: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        if capabilities is not None:
            self._capabilities.set_result(capabilities)
        self._firsts: dict[LanguageServer, asyncio.Future[Json]] = {server: asyncio.Future() for server in self.both}
        self._keeping += [asyncio.create_task(self._keep(server)) for server in self.both]

    def _rehearse(self) -> None:
        """Have ty look at what the app begins with, and so at its libraries, while its editor is drawn."""
        if self._rehearsing is not None or self._documents.list_open():
            return
        entry = self._app / ENTRY
        try:
            text = entry.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return
        uri = entry.as_uri()
        self.ty.notify(OPEN, {"textDocument": {"uri": uri, "languageId": "python", "version": 0, "text": text}})
        self._rehearsing = asyncio.create_task(_warm(self.ty, uri))

    def _end_rehearsal(self) -> None:
        """Close what no editor has opened: what is in its folder counts again, and what was read stays read."""
        if self._rehearsing is not None and not self._is_rehearsed:
            self._is_rehearsed = True
            self._rehearsing.cancel()
            self.ty.notify(CLOSE, {"textDocument": {"uri": (self._app / ENTRY).as_uri()}})

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
                self._rehearse()
            await over.wait()
        except (GoneError, RpcError, CommandError, OSError):
            pass
        finally:
            server.part()
            running.close()


async def _warm(ty: LanguageServer, uri: str) -> None:
    """Have the libraries of a first text looked at, which takes long: whoever opens it types a little later."""
    with contextlib.suppress(GoneError, RpcError):
        await ty.begin("textDocument/diagnostic", {"textDocument": {"uri": uri}})


async def _fail() -> Reply:
    raise GoneError
