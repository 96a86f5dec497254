"""A controller or gateway for the tests: the agent's protocol over its socket."""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fapi_runner.protocol import encode_frame, read_frame

Json = dict[str, Any]


class Refused(Exception):
    """The agent answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']} {error.get('report', '')}")
        self.code = error["code"]
        self.message = error["message"]
        self.report = error.get("report", {})
        self.finding = error.get("finding", {})


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.events: list[Json] = []
        self.on_frame: Callable[[Json, bytes], object] = lambda header, body: None  # of a session
        self._arrived = asyncio.Event()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, path: Path, role: str = "controller", **hello: Any) -> Client:
        return await cls.greet(*await asyncio.open_unix_connection(path), role=role, **hello)

    @classmethod
    async def greet(cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, role: str, **hello: Any) -> Client:
        """Say hello on a connection."""
        client = cls(reader, writer)
        try:
            client.hello = await client.call("hello", protocol=1, role=role, **hello)
        except Refused:
            await client.close()
            raise
        return client

    async def call(self, method: str, body: bytes = b"", **params: Any) -> Json:
        number = next(self._ids)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        header = {"kind": "request", "id": number, "method": method, "params": params}
        self.writer.write(encode_frame(header, body))
        response = await asyncio.wait_for(future, 60)
        if "error" in response:
            raise Refused(response["error"])
        return response["result"]

    async def event(self, topic: str, wanted: Callable[[Json], bool] = lambda _: True, timeout: float = 10) -> Json:
        """Wait for an event that was or will be sent."""
        async with asyncio.timeout(timeout):
            while True:
                for event in self.events:
                    if event["topic"] == topic and wanted(event["data"]):
                        return event["data"]
                self._arrived.clear()
                await self._arrived.wait()

    def lines(self, app_id: str = "app") -> list[Json]:
        logs = [event["data"] for event in self.events if event["topic"] == "log"]
        return [line for log in logs if log["appId"] == app_id for line in log["lines"]]

    async def close(self) -> None:
        self.writer.close()
        await self._reading

    async def _read(self) -> None:
        while frame := await read_frame(self.reader):
            header = frame[0]
            if header["kind"] in ("message", "end"):
                self.on_frame(*frame)
            elif header["kind"] == "event":
                self.events.append(header)
                self._arrived.set()
            else:
                self._waiting.pop(header["id"]).set_result(header)
        for future in self._waiting.values():
            future.set_exception(ConnectionResetError("the agent closed the connection"))


def pack(files: dict[str, str | bytes]) -> bytes:
    """Return a tar of the files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
