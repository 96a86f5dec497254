"""`/.fapi/identity`: which revision answers here, said before any user code runs."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from fapi_runner.child import preview_script
from fapi_runner.child.preview import answer_previewed, find_framers

PREFIX = "/.fapi/"
PATH = "/.fapi/identity"
# What an app sees at home; the socket that it has here has a path of this machine.
SERVER = ("127.0.0.1", 80)
NONCE = re.compile(rb"(?:^|&)nonce=([A-Za-z0-9_-]{16,64})(?:&|$)")


class IdentifiedApp:
    """Answers our reserved path and hands everything else to the app; whose `generation` it is shows at its start."""

    def __init__(self, app: ASGIApp, digest: str, env_version: int) -> None:
        self.app = app
        self.generation = 0
        self._facts = {"digest": digest, "envVersion": env_version}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # No coroutine of our own around the app's: each costs at every await.
        if "server" in scope:
            scope["server"] = SERVER
        if scope["type"] == "http":
            framers = find_framers(scope)
            if scope["path"].startswith(PREFIX):
                return self._respond(scope, send, framers)
            if framers is not None:
                return answer_previewed(self.app, scope, receive, send, framers)
        return self.app(scope, receive, send)

    async def _respond(self, scope: Scope, send: Send, framers: bytes | None) -> None:
        status, kind = 200, b"text/javascript; charset=utf-8"
        if framers is not None and scope["path"] == preview_script.PATH:
            body = preview_script.write_script(framers.decode("latin-1").split())
        else:
            status, answer = self._answer(scope)
            body, kind = json.dumps(answer).encode(), b"application/json"
        headers = [
            (b"content-type", kind),
            (b"x-content-type-options", b"nosniff"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> tuple[int, dict[str, object]]:
        if scope["path"] != PATH:
            return 404, {"detail": "No such reserved path."}
        if scope["method"] != "GET":
            return 405, {"detail": "Only GET is answered here."}
        nonce = NONCE.search(scope["query_string"])
        if nonce is None:
            return 400, {"detail": "nonce must be 16 to 64 url-safe characters."}
        return 200, {**self._facts, "generation": self.generation, "nonce": nonce[1].decode()}
