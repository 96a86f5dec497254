"""Frames of the agent's protocol; the same frames connect the agent and its children. See PROTOCOL.md."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NoReturn

PROTOCOL = 1
HEADER_LIMIT = 1 << 20
BODY_LIMIT = 64 << 20
BREAKDOWN_EXIT_CODE = os.EX_SOFTWARE  # of a child whose own part, not the app, could not go on
DOCUMENT_LIMIT_BYTES = 768 << 10  # an OpenAPI document travels in a header
PREFIX = struct.Struct("!II")

Json = dict[str, Any]


def format_time(at_s: float) -> str:
    """Return seconds since 1970 as the protocol writes a time."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FrameError(Exception):
    """The peer sent bytes that are no frame; the connection must close."""


def encode_frame(header: Json, body: bytes = b"") -> bytes:
    """Return the frame as bytes."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    if len(text) > HEADER_LIMIT:
        raise FrameError(f"A header of {len(text)} bytes is larger than {HEADER_LIMIT}.")
    return PREFIX.pack(len(text), len(body)) + text + body


def decode_header(text: bytes) -> Json:
    """Return the header's object or raise FrameError."""
    try:
        header = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FrameError("The header is not JSON.") from error
    if not isinstance(header, dict):
        raise FrameError("The header is not an object.")
    return header


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def decode_prefix(prefix: bytes) -> tuple[int, int]:
    """Return the sizes of header and body, within the limits."""
    header_bytes, body_bytes = PREFIX.unpack(prefix)
    if header_bytes > HEADER_LIMIT or body_bytes > BODY_LIMIT:
        raise FrameError("The frame is larger than the limits.")
    return header_bytes, body_bytes


async def read_frame(reader: asyncio.StreamReader) -> tuple[Json, bytes] | None:
    """Read one frame; None at the end of the stream."""
    try:
        header_bytes, body_bytes = decode_prefix(await reader.readexactly(PREFIX.size))
        header = decode_header(await reader.readexactly(header_bytes))
        body = await reader.readexactly(body_bytes) if body_bytes else b""
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return header, body


def receive_header(sock: socket.socket) -> Json | None:
    """Read one bodyless frame from a blocking socket; None at its end."""

    def exactly(count: int) -> bytes:
        data = b""
        while len(data) < count:
            chunk = sock.recv(count - len(data))
            if not chunk:
                return b""
            data += chunk
        return data

    prefix = exactly(PREFIX.size)
    if not prefix:
        return None
    header_bytes, _ = decode_prefix(prefix)
    text = exactly(header_bytes)
    return decode_header(text) if text else None


class FrameBuffer:
    """Collects bytes and gives back the headers of whole bodyless frames, each with the number of its bytes."""

    def __init__(self) -> None:
        self.limit_bytes = HEADER_LIMIT  # of the next header
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Json, int]]:
        """Add bytes and yield the headers that became complete."""
        self._data += data
        while len(self._data) >= PREFIX.size:
            header_bytes, body_bytes = decode_prefix(bytes(self._data[: PREFIX.size]))
            if body_bytes:
                raise FrameError("These frames have no body.")
            if header_bytes > self.limit_bytes:
                raise FrameError("The frame is larger than what is said here.")
            end = PREFIX.size + header_bytes
            if len(self._data) < end:
                break
            text = bytes(self._data[PREFIX.size : end])
            del self._data[:end]
            yield decode_header(text), header_bytes
