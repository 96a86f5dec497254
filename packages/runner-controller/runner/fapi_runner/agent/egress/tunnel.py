"""Out of a pod there is one way: through the egress gateway, which knows what the app of a certificate was granted.

Both sides show certificates. Then pieces go in each direction, four bytes of length before each; none is the end of
that direction, because TLS has no half-close here. The first piece is what is asked for, and what is answered to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from fapi_runner.agent.egress.relay import RESET
from fapi_runner.agent.egress.way import Carry, ForbiddenTargetError
from fapi_runner.agent.keepalive import keep_alive

EGRESS = "spiffe://fapi/egress"
HANDSHAKE_S = 5.0
CHUNK_BYTES = 1 << 16
PIECE_LIMIT_BYTES = 1 << 20
ANSWER_LIMIT_BYTES = 4096
PARTING_S = 5.0
HEADER = struct.Struct("!I")
END = HEADER.pack(0)
AWAY = "the egress gateway cannot be reached"


class Gateway(NamedTuple):
    """Where the egress gateway is, and what connections of an app are made with: whose they are, it says to it."""

    host: str
    port: int
    show: Callable[[str], Awaitable[ssl.SSLContext]]


class Tunnels:
    """The way out of one app in a pod."""

    def __init__(self, gateway: Gateway, app_id: str) -> None:
        self._gateway = gateway
        self._app_id = app_id

    async def reach(self, host: str, port: int) -> Carry:
        """Have the gateway connect; raise OSError, or ForbiddenTargetError when it never would."""
        reader, writer = await self._open()
        try:
            asked = json.dumps({"appId": self._app_id, "host": host, "port": port}).encode()
            writer.write(HEADER.pack(len(asked)) + asked)
            _raise_refusal(await _read_answer(reader))
        except BaseException:
            writer.transport.abort()
            raise

        async def carry(app: socket.socket, idle_s: float) -> None:
            await _carry(app, reader, writer, idle_s)

        return carry

    def close(self) -> None:
        """Nothing is kept here."""

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        gateway = self._gateway
        context = await gateway.show(self._app_id)
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                reader, writer = await asyncio.open_connection(
                    gateway.host,
                    gateway.port,
                    ssl=context,
                    server_hostname="",
                    limit=CHUNK_BYTES,
                )
        except (OSError, TimeoutError) as error:
            raise ConnectionError(AWAY) from error
        if not is_egress_gateway(writer.get_extra_info("peercert")):
            writer.transport.abort()
            raise ConnectionError(f"who answers for the egress gateway is not {EGRESS}")
        keep_alive(writer.get_extra_info("socket"))
        return reader, writer


def is_egress_gateway(certificate: Mapping[str, object] | None) -> bool:
    """Say whether a certificate that was verified is the gateway's: by its one URI, whatever else it is called."""
    names = (certificate or {}).get("subjectAltName", ())
    return isinstance(names, tuple) and [value for kind, value in names if kind == "URI"] == [EGRESS]


async def _read_answer(reader: asyncio.StreamReader) -> dict[str, object]:
    try:
        (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
        if length > ANSWER_LIMIT_BYTES:
            raise ValueError(f"an answer of {length} bytes")
        answer = json.loads(await reader.readexactly(length))
    # What is wrong with a certificate comes only here with TLS 1.3, as an error of the connection.
    except (OSError, EOFError, ValueError) as error:
        raise ConnectionError("the egress gateway ended the connection without an answer") from error
    return answer if isinstance(answer, dict) else {"reason": "failed"}


def _raise_refusal(answer: dict[str, object]) -> None:
    reason, text = answer.get("reason"), str(answer.get("text", ""))
    if reason == "never":
        raise ForbiddenTargetError(text)
    if reason == "silent":
        raise TimeoutError(text)
    if reason == "failed":
        raise ConnectionError(text)
    if reason is not None:
        raise ConnectionError(f"the egress gateway refused: {text}")


async def _carry(app: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle_s: float) -> None:
    """Carry until both sides have ended, or one broke and the other was broken too; raise TimeoutError as `relay`."""
    app_reader, app_writer = await asyncio.open_connection(sock=app, limit=CHUNK_BYTES)
    carrier = _Carrier()
    out = carrier.carry_out(app_reader, writer)
    back = carrier.carry_in(reader, app_writer)
    works = [asyncio.create_task(work) for work in (out, back)]
    try:
        if await carrier.wait(works, idle_s):
            # What was written last is still on its way.
            async with asyncio.timeout(PARTING_S):
                for side in (app_writer, writer):
                    side.close()
                    with contextlib.suppress(OSError):
                        await side.wait_closed()
    finally:
        for work in works:
            work.cancel()
        writer.transport.abort()
        with contextlib.suppress(OSError):
            app.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        app_writer.transport.abort()


class _Carrier:
    """Both directions of one tunnel, and when something last moved in either."""

    def __init__(self) -> None:
        self._time = asyncio.get_running_loop().time
        self._moved_at = self._time()

    async def carry_out(self, app: asyncio.StreamReader, gateway: asyncio.StreamWriter) -> None:
        """Pack what the app sends."""
        while data := await app.read(CHUNK_BYTES):
            self._moved_at = self._time()
            gateway.write(HEADER.pack(len(data)) + data)
            await gateway.drain()
        gateway.write(END)
        await gateway.drain()

    async def carry_in(self, gateway: asyncio.StreamReader, app: asyncio.StreamWriter) -> None:
        """Unpack what the app is sent; raise EOFError when it ends in the middle."""
        while left := HEADER.unpack(await gateway.readexactly(HEADER.size))[0]:
            if left > PIECE_LIMIT_BYTES:
                raise ConnectionError(f"a piece of {left} bytes")
            while left:
                data = await gateway.read(min(left, CHUNK_BYTES))
                if not data:
                    raise EOFError
                left -= len(data)
                self._moved_at = self._time()
                app.write(data)
                await app.drain()
        app.write_eof()

    async def wait(self, works: Iterable[asyncio.Task[None]], idle_s: float) -> bool:
        """Say whether both have come to their end, once they have or one broke; raise TimeoutError."""
        left = set(works)
        while left:
            idle_at = self._moved_at + idle_s
            if self._time() >= idle_at:
                raise TimeoutError
            timeout = idle_at - self._time()
            done, left = await asyncio.wait(left, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(work.exception(), OSError | EOFError) for work in done):
                return False
            for work in done:
                work.result()
        return True
