"""Messages of language servers on a stream: a header with their length, then JSON."""

from __future__ import annotations

import asyncio
import json

from fapi_runner.protocol import FrameError, Json

LENGTH = b"content-length:"
MESSAGE_LIMIT_BYTES = 32 << 20
HEADER_LIMIT_LINES = 16


def encode_json(message: Json) -> bytes:
    """Return a message as JSON; halves of surrogate pairs become question marks, which are as long."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def encode_message(message: Json) -> bytes:
    """Return a message as a language server reads it."""
    text = encode_json({"jsonrpc": "2.0", **message})
    return b"Content-Length: %d\r\n\r\n%b" % (len(text), text)


async def read_message(reader: asyncio.StreamReader) -> tuple[Json, bytes] | None:
    """Return the next message and its text, None at the end; raise FrameError where it is none."""
    try:
        length = await _read_length(reader)
        text = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except ValueError as error:
        raise FrameError("The header is none of a message.") from error
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError("The message is not JSON.") from error
    if not isinstance(message, dict):
        raise FrameError("The message is not an object.")
    return message, text


async def _read_length(reader: asyncio.StreamReader) -> int:
    length = -1
    for _ in range(HEADER_LIMIT_LINES):
        line = await reader.readline()
        if not line.endswith(b"\n"):
            raise asyncio.IncompleteReadError(line, None)
        if not line.strip():
            break
        if line.lower().startswith(LENGTH):
            length = int(line[len(LENGTH) :])
    if not 0 <= length <= MESSAGE_LIMIT_BYTES:
        raise FrameError("The message has no length, or too large a one.")
    return length
