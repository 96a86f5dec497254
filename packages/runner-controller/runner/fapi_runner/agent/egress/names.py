"""A name server for one child, on one connection: it knows the names that were granted, and asks nobody."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import struct
from collections.abc import Mapping

IDLE_S = 10.0
QUESTION_LIMIT_BYTES = 512
HEADER_BYTES = 12
INTERNET, IPV4, IPV6, ANY = 1, 1, 28, 255
# An answer, authoritative, and recursion was available: what a caller expects of its name server.
ANSWER = 0x8480
RECURSION_DESIRED = 0x0100
UNREADABLE, UNKNOWN, UNSUPPORTED = 1, 3, 4
# The name of an answer is the one that was asked for, at its place.
SAME_NAME = 0xC000 | HEADER_BYTES


async def serve_names(sock: socket.socket, names: Mapping[str, str]) -> None:
    """Answer until the other side ends, or says nothing for a while; `names` are in small letters."""
    with contextlib.suppress(OSError, EOFError, TimeoutError):
        reader, writer = await asyncio.open_connection(sock=sock, limit=QUESTION_LIMIT_BYTES)
        with contextlib.closing(writer):
            while True:
                async with asyncio.timeout(IDLE_S):
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    if length > QUESTION_LIMIT_BYTES:
                        return
                    answer = answer_question(await reader.readexactly(length), names)
                    writer.write(struct.pack("!H", len(answer)) + answer)
                    await writer.drain()


def answer_question(message: bytes, names: Mapping[str, str]) -> bytes:
    """Return the message that answers this one."""
    number, flags, count = struct.unpack_from("!3H", message.ljust(HEADER_BYTES, b"\0"))
    head = ANSWER | flags & RECURSION_DESIRED
    if flags & 0x7800:  # no question at all, but another operation
        return struct.pack("!6H", number, head | UNSUPPORTED, 0, 0, 0, 0)
    try:
        name, kind, end = _read_question(message)
    except (IndexError, ValueError, struct.error):
        count = 0
    if flags & 0x8000 or count != 1:
        return struct.pack("!6H", number, head | UNREADABLE, 0, 0, 0, 0)
    question = message[HEADER_BYTES:end]
    address = ipaddress.ip_address(names[name]) if name in names else None
    if address is None:
        return struct.pack("!6H", number, head | UNKNOWN, 1, 0, 0, 0) + question
    if kind not in (ANY, IPV4 if address.version == 4 else IPV6):
        return struct.pack("!6H", number, head, 1, 0, 0, 0) + question
    own = IPV4 if address.version == 4 else IPV6
    record = struct.pack("!3HIH", SAME_NAME, own, INTERNET, 0, len(address.packed)) + address.packed
    return struct.pack("!6H", number, head, 1, 1, 0, 0) + question + record


def _read_question(message: bytes) -> tuple[str, int, int]:
    labels, at = [], HEADER_BYTES
    while length := message[at]:
        if length > 63:
            raise ValueError("a name that leads elsewhere")
        labels.append(message[at + 1 : at + 1 + length].decode("ascii").lower())
        at += 1 + length
    kind, _ = struct.unpack_from("!2H", message, at + 1)
    return ".".join(labels), kind, at + 5
