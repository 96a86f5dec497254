"""Lets controllers in: over TCP, by mutual TLS, and nobody else."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys

from fapi_runner.agent.keepalive import keep_alive
from fapi_runner.agent.pod.porch import Porch
from fapi_runner.agent.pod.tls import CONTROLLER, is_controller
from fapi_runner.agent.site import Meet

HANDSHAKES = 32  # at a time
HANDSHAKE_S = 5.0


class Door:
    """The agent's own port."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self.port: int = sock.getsockname()[1]
        self._context = context
        self._porch = Porch(sock, self._greet, HANDSHAKES, HANDSHAKE_S)
        self._meet: Meet | None = None
        self._meetings: set[asyncio.Task[None]] = set()

    def open(self, meet: Meet) -> None:
        """Let controllers in to this meeting."""
        self._meet = meet
        self._porch.open()

    def close(self) -> None:
        """Let nobody in any more; who is in stays."""
        self._porch.close()

    async def _greet(self, visitor: socket.socket) -> None:
        visitor.setblocking(False)
        keep_alive(visitor)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        # The transport closes what it is given, and so does the porch.
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, visitor.dup(), ssl=self._context, ssl_handshake_timeout=HANDSHAKE_S
        )
        if not is_controller(transport.get_extra_info("peercert")):
            transport.abort()
            address = visitor.getpeername()[0]
            print(f"A peer at {address} was refused: its certificate is not {CONTROLLER}'s.", file=sys.stderr)  # noqa: T201 - the agent's log
            return
        meeting = asyncio.ensure_future(self._converse(reader, asyncio.StreamWriter(transport, protocol, reader, loop)))
        self._meetings.add(meeting)
        meeting.add_done_callback(self._meetings.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._meet is not None:
            await self._meet(reader, writer)
