"""A look at the app before its editor opens anything: its libraries are read while the editor is being drawn."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from fapi_runner.agent.language.language_server import LanguageServer
from fapi_runner.agent.language.routing import CLOSE, OPEN
from fapi_runner.agent.language.server import GoneError, RpcError

ENTRY = "main.py"


class FirstLook:
    """What the app begins with, open to ty until an editor opens something, or changes what is in its folder."""

    def __init__(self, ty: LanguageServer, app: Path) -> None:
        self._ty = ty
        self._entry = app / ENTRY
        self._looking: asyncio.Task[None] | None = None
        self._is_over = False

    def begin(self) -> None:
        """Open it to a server that has just been started."""
        if self._is_over:
            return
        try:
            text = self._entry.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return
        uri = self._entry.as_uri()
        self._ty.notify(OPEN, {"textDocument": {"uri": uri, "languageId": "python", "version": 0, "text": text}})
        self._looking = asyncio.create_task(look_at(self._ty, uri))

    def break_off(self) -> None:
        """Forget it: the server is gone, and with it what was told to it."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    @property
    def is_done(self) -> bool:
        """Whether all that it begins with has been read."""
        return self._looking is not None and self._looking.done()

    def end(self) -> None:
        """Close it, for good: what is in its folder counts again, and what was read stays read."""
        self._is_over = True
        self.leave()

    def leave(self) -> None:
        """Close it, until it begins again."""
        if self._looking is not None:
            self.break_off()
            self._ty.notify(CLOSE, {"textDocument": {"uri": self._entry.as_uri()}})


async def look_at(ty: LanguageServer, uri: str) -> None:
    """Have ty look at the libraries of an open text, which takes long: whoever opened it types a little later."""
    with contextlib.suppress(GoneError, RpcError):
        await ty.begin("textDocument/diagnostic", {"textDocument": {"uri": uri}})
