"""Carries bytes between two connections until both sides have ended: in bounded memory, and as fast as the slower one.

A pause of one side's writing is a pause of the other side's reading, a half-close is passed on as one, and whatever
breaks one side resets the other, so that nobody takes a broken answer for a whole one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

CHUNK_BYTES = 1 << 16
RESET = struct.pack("ii", 1, 0)


async def relay(app: socket.socket, target: socket.socket, idle_s: float) -> None:
    """Connect two sockets with each other, both ours from here on; return when both are closed.

    Raise TimeoutError, with both of them reset, when nothing has moved for `idle_s`.
    """
    loop = asyncio.get_running_loop()
    sides = _Side(), _Side()
    sides[0].other, sides[1].other = sides[1], sides[0]
    try:
        for side, sock in zip(sides, (app, target), strict=True):
            await loop.connect_accepted_socket(side.be, sock)
        for side in sides:
            side.transport.resume_reading()
        await _wait_closed(sides, idle_s)
    finally:
        for side in sides:
            side.reset()
        for sock in (app, target):
            sock.close()


def reset(sock: socket.socket) -> None:
    """Close a connection so that its peer sees that it failed."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    sock.close()


async def _wait_closed(sides: tuple[_Side, _Side], idle_s: float) -> None:
    loop = asyncio.get_running_loop()
    while left := [side.closed for side in sides if not side.closed.done()]:
        idle_at = max(side.moved_at for side in sides) + idle_s
        if loop.time() >= idle_at:
            raise TimeoutError
        await asyncio.wait(left, timeout=idle_at - loop.time())


class _Side(asyncio.BufferedProtocol):
    """One of the two connections."""

    other: _Side
    transport: asyncio.Transport

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.moved_at = loop.time()
        self._time = loop.time
        self._buffer = bytearray(CHUNK_BYTES)
        self._has_ended = False

    def be(self) -> _Side:
        """Be the protocol of the socket that is about to be connected."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # Until the other side is there to write to; later, because Python 3.11 begins to read right after this.
        asyncio.get_running_loop().call_soon(transport.pause_reading)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.moved_at = self._time()
        self.other.transport.write(bytes(memoryview(self._buffer)[:nbytes]))

    def eof_received(self) -> bool:
        self._has_ended = True
        if self.other._has_ended:
            self.other.transport.close()
            return False
        with contextlib.suppress(OSError):
            self.other.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.moved_at = self._time()
        self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)
        if exc is not None:
            self.other.reset()

    def reset(self) -> None:
        """Break it off, so that its peer sees that it failed."""
        if self.closed.done() or not hasattr(self, "transport"):
            return
        with contextlib.suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()
