"""Answers the kubelet: `/livez` and `/readyz`, over plain HTTP, each on a connection of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping

from fapi_runner.agent.pod.porch import Porch

VISITORS = 16  # at a time
VISIT_S = 3.0
HEAD_LIMIT_BYTES = 4096
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}

Check = Callable[[], Awaitable[bool]]


class Health:
    """The pod's health port."""

    def __init__(self, sock: socket.socket, checks: Mapping[str, Check]) -> None:
        self.port: int = sock.getsockname()[1]
        self._checks = checks
        self._porch = Porch(sock, self._answer, VISITORS, VISIT_S)
        self._asking: dict[str, asyncio.Task[bool]] = {}

    def open(self) -> None:
        """Begin to answer."""
        self._porch.open()

    def close(self) -> None:
        """Answer no more."""
        self._porch.close()
        for asking in self._asking.values():
            asking.cancel()

    async def _answer(self, visitor: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        visitor.setblocking(False)
        head = b""
        while (
            b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT_BYTES and (data := await loop.sock_recv(visitor, 1024))
        ):
            head += data
        status = await self._judge(head)
        body = "ok\n" if status == 200 else f"{REASONS[status].lower()}\n"
        lines = [f"HTTP/1.1 {status} {REASONS[status]}", "content-type: text/plain", f"content-length: {len(body)}"]
        lines += ["cache-control: no-store", "connection: close", "", body]
        await loop.sock_sendall(visitor, "\r\n".join(lines).encode())

    async def _judge(self, head: bytes) -> int:
        words = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
        if b"\r\n\r\n" not in head or len(words) != 3 or not words[2].startswith("HTTP/1."):
            return 400
        path = words[1].partition("?")[0]
        if path not in self._checks:
            return 404
        if words[0] != "GET":
            return 405
        return 200 if await self._ask(path) else 503

    async def _ask(self, path: str) -> bool:
        # Whoever asks meanwhile shares the answer: however many there are, the app is probed once at a time.
        asking = self._asking.get(path)
        if asking is None or asking.done():
            asking = self._asking[path] = asyncio.ensure_future(self._checks[path]())
        return await asyncio.shield(asking)
