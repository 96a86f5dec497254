"""An editor with a session of its own: LSP messages in the frames of the agent's protocol."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

from client import Client, Json, Refused
from rig import Rig

from fapi_runner.protocol import encode_frame

ROOT = "file:///app/"
CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "rename": {"prepareSupport": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    }
}


class RpcRefused(Exception):
    """A request was answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]


class Editor:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[bytes] = []
        self.unasked: list[Json] = []
        self.end: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._versions: dict[str, int] = {}
        client.on_frame = self._take

    @classmethod
    async def open(cls, rig: Rig, files: dict[str, str | bytes] | str, app_id: str = "app") -> Editor:
        """Open a session of files, or of a digest, and let the servers begin."""
        editor = await cls.connect(rig)
        digest = files if isinstance(files, str) else await rig.put(files)
        try:
            await editor.client.call("language", appId=app_id, digest=digest)
        except Refused:
            await editor.close()
            raise
        editor.initialized = await editor.request("initialize", rootUri=ROOT, capabilities=CAPABILITIES)
        editor.notify("initialized")
        return editor

    @classmethod
    async def connect(cls, rig: Rig) -> Editor:
        return cls(await Client.connect(rig.state / "agent.sock", epoch=1))

    initialized: Json

    def send(self, body: bytes) -> None:
        self.client.writer.write(encode_frame({"kind": "message"}, body))

    def notify(self, method: str, **params: Any) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    async def request(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())
        answer = await asyncio.wait_for(future, 60)
        if "error" in answer:
            raise RpcRefused(answer["error"])
        return answer["result"]

    def open_text(self, path: str, text: str) -> None:
        self._versions[path] = 1
        told = {"uri": ROOT + path, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=told)

    def change(self, path: str, *changes: Json) -> None:
        self._versions[path] += 1
        told = {"uri": ROOT + path, "version": self._versions[path]}
        self.notify("textDocument/didChange", textDocument=told, contentChanges=list(changes))

    async def at(self, method: str, path: str, line: int, character: int, **more: Any) -> Any:
        """Ask about a place of a text."""
        place = {"line": line, "character": character}
        uri = path if path.startswith("file:") else ROOT + path
        return await self.request(f"textDocument/{method}", textDocument={"uri": uri}, position=place, **more)

    async def complete(self, path: str, line: int, character: int) -> list[str]:
        told = await self.at("completion", path, line, character)
        return [item["label"] for item in (told["items"] if isinstance(told, dict) else told or [])]

    async def read(self, uri: str) -> str:
        return (await self.request("fapi/readFile", uri=uri))["text"]

    async def close(self) -> None:
        await self.client.close()

    def _take(self, header: Json, body: bytes) -> None:
        if header["kind"] == "end":
            self.end.set_result(header)
            return
        self.heard.append(body)
        message = json.loads(body)
        waiting = self._waiting.pop(message.get("id"), None)
        if waiting is None:
            self.unasked.append(message)
        else:
            waiting.set_result(message)


def at(line: int, start: int, end: int, text: str) -> Json:
    """Return a change inside of one line."""
    places = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return {"range": places, "text": text}


def list_servers(rig: Rig) -> dict[int, str]:
    """Return the language servers of an agent, by their process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().split(b"\0")
            place = (path.parent / "cwd").readlink()
        except OSError:
            continue
        if command[1:2] == [b"server"] and str(rig.state) in str(place):
            found[int(path.parent.name)] = Path(command[0].decode()).name
    return found
