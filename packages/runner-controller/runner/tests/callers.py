"""Callers of one app in every shape of traffic; each does the same again and again and counts what failed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import httpx
import websockets
from rig import Rig

PARTS = 8


class Failed(Exception):
    """An answer that is not what it must be."""


class Caller:
    """One loop of calls; `answered` and `failures` are its counts."""

    def __init__(self, rig: Rig, app_id: str, shape: str) -> None:
        self.rig = rig
        self.app_id = app_id
        self.shape = shape
        self.answered = 0
        self.failures: list[str] = []
        self._call: Callable[[httpx.AsyncClient], Awaitable[None]] = getattr(self, f"_{shape}")
        self._keeps_alive = shape != "close"
        self._going = True

    async def run(self) -> None:
        limits = httpx.Limits(max_keepalive_connections=1 if self._keeps_alive else 0)
        async with self.rig.http(self.app_id, limits=limits) as http:
            while self._going:
                try:
                    await self._call(http)
                    self.answered += 1
                except (httpx.HTTPError, OSError, websockets.WebSocketException, Failed, TimeoutError) as error:
                    self.failures.append(repr(error))

    def stop(self) -> None:
        self._going = False

    async def _keepalive(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/")).status_code, 200)

    async def _close(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/")).status_code, 200)

    async def _paced(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/")).status_code, 200)
        await asyncio.sleep(0.005)

    async def _slow(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/slow")).status_code, 200)

    async def _upload(self, http: httpx.AsyncClient) -> None:
        async def body() -> object:
            for _ in range(PARTS):
                yield b"x" * 4000
                await asyncio.sleep(0.02)

        answer = await http.post("/upload", content=body())
        expect(answer.json(), hashlib.sha256(b"x" * 4000 * PARTS).hexdigest())

    async def _stream(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/stream")).text, "".join(f"{number}," for number in range(PARTS)))

    async def _sse(self, http: httpx.AsyncClient) -> None:
        expect((await http.get("/events")).text, "".join(f"data: {number}\n\n" for number in range(PARTS)))

    async def _websocket(self, http: httpx.AsyncClient) -> None:
        async with websockets.unix_connect(self.rig.socket(self.app_id), "ws://app/ws") as socket:
            for number in range(PARTS):
                await socket.send(str(number))
                expect(await asyncio.wait_for(socket.recv(), 5), f"echo {number}")
                await asyncio.sleep(0.01)


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise Failed(f"{found!r} instead of {wanted!r}")
