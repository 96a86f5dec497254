"""One of the two language servers of a session, as who speaks to it sees it: whether it runs or is being started."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from fapi_runner.agent.language.documents import Document, Documents
from fapi_runner.agent.language.programs import Program, make_introduction
from fapi_runner.agent.language.routing import OPEN
from fapi_runner.agent.language.server import GoneError, Reply, RunningServer
from fapi_runner.protocol import Json

SOURCES = (".py", ".pyi")


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


async def _fail() -> Reply:
    raise GoneError
