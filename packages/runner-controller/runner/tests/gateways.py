"""A gateway as pods meet it: to each request it says what a test says, and every name leads to this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HEADER = struct.Struct("!I")
Decide = Callable[[dict[str, Any]], Awaitable[dict[str, str]]]


async def connect_all(_: dict[str, Any]) -> dict[str, str]:
    return {}


class TestGateway:
    """What it was asked for, and who is connected through it."""

    __test__ = False

    def __init__(self, decide: Decide) -> None:
        self.decide = decide
        self.port = 0
        self.asked: list[dict[str, Any]] = []
        self.shown: list[str] = []
        self.open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server

    async def begin(self, identity: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity / "tls.crt", identity / "tls.key")
        context.load_verify_locations(identity / "ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    def end(self) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection that is open."""
        for writer in self.open:
            writer.transport.abort()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        with contextlib.suppress(OSError, EOFError):
            await self._serve(reader, writer)
        writer.transport.abort()
        self.open.discard(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.shown += [value for _, value in writer.get_extra_info("peercert")["subjectAltName"]]
        request = json.loads(await read_piece(reader))
        self.asked.append(request)
        answer = await self.decide(request)
        write_piece(writer, json.dumps(answer).encode())
        if answer:
            await writer.drain()
            return
        target_reader, target_writer = await asyncio.open_connection("127.0.0.1", request["port"])

        async def bring_back() -> None:
            while data := await target_reader.read(1 << 16):
                write_piece(writer, data)
                await writer.drain()
            write_piece(writer, b"")

        bringing = asyncio.create_task(bring_back())
        try:
            while piece := await read_piece(reader):
                target_writer.write(piece)
                await target_writer.drain()
            target_writer.write_eof()
            await bringing
            # Whoever is connected leaves by itself.
            await reader.read()
        finally:
            bringing.cancel()
            sock = target_writer.get_extra_info("socket")
            if not bringing.done() or bringing.cancelled():
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            target_writer.transport.abort()


async def read_piece(reader: asyncio.StreamReader) -> bytes:
    (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
    return await reader.readexactly(length)


def write_piece(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(HEADER.pack(len(data)) + data)


@asynccontextmanager
async def open_gateway(identity: Path, decide: Decide = connect_all) -> AsyncIterator[TestGateway]:
    gateway = TestGateway(decide)
    await gateway.begin(identity)
    try:
        yield gateway
    finally:
        gateway.end()
