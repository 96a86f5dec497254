"""Places that an app may be granted: servers on an address of this machine that is not its loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import socket
import struct
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

PAGE = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\npage"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def find_own_address() -> str | None:
    """Return an address of this machine that others would use; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
        sock.connect(("192.0.2.1", 9))
        return str(sock.getsockname()[0])
    return None


class Place:
    """One server and how many connections it has seen."""

    def __init__(self, talk: Talk) -> None:
        self.port = 0
        self.seen = 0
        self.open = 0
        self._talk = talk
        self._server: asyncio.Server

    async def begin(self, host: str) -> None:
        self._server = await asyncio.start_server(self._meet, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def end(self) -> None:
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        self.open += 1
        with contextlib.suppress(ConnectionError):
            await self._talk(reader, writer)
        self.open -= 1
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


async def answer_last(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing before the other side has said all."""
    writer.write(b"all of " + await reader.read())


async def serve_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(PAGE)


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def open_place(talk: Talk, host: str) -> AsyncIterator[Place]:
    place = Place(talk)
    await place.begin(host)
    yield place
    place.end()


class Names:
    """The host names that one agent knows: a file of its own at the place of the machine's, for it alone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fapi-names-"))
        self.folder.chmod(0o755)
        self._file = self.folder / "hosts"
        self.set({})

    def set(self, names: dict[str, str]) -> None:
        # In place: the agent sees this very file.
        self._file.write_text("".join(f"{address} {name}\n" for name, address in names.items()))

    def make_python(self, python: str, user: int | None) -> str:
        """Return a program that is that interpreter, run by that user, where these are the names."""
        become = [] if user is None else ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        start = shlex.join([*become, python])
        mount = f"mount --bind {shlex.quote(str(self._file))} /etc/hosts"
        program = self.folder / "python"
        inner = f'{mount} && exec {start} "$@"'
        program.write_text(f'#!/bin/sh\nexec unshare --mount sh -c {shlex.quote(inner)} sh "$@"\n')
        program.chmod(0o755)
        return str(program)


def may_mount() -> bool:
    return os.getuid() == 0
