"""Asks a new child who it is, on a private socket, before anybody else may; and who serves, at its door."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.listening.listener import Listener

ANSWER_LIMIT_BYTES = 1 << 14
ANSWER_S = 1.0


async def is_serving(sock: socket.socket, release: Release) -> bool:
    """Say whether the child on the other end answers for this very release."""
    nonce = secrets.token_urlsafe(16)
    request = f"GET /.fapi/identity?nonce={nonce} HTTP/1.1\r\nhost: fapi\r\nconnection: close\r\n\r\n"
    expected = {
        "digest": release.digest,
        "envVersion": release.env_version,
        "generation": release.generation,
        "nonce": nonce,
    }
    loop = asyncio.get_running_loop()
    answer = b""
    try:
        await loop.sock_sendall(sock, request.encode())
        while len(answer) < ANSWER_LIMIT_BYTES and (data := await loop.sock_recv(sock, 4096)):
            answer += data
            if _read_body(answer) == expected:
                return True
            # From one that sends without end a read never waits, and no deadline would ever be seen.
            await asyncio.sleep(0)
    except OSError:
        pass
    return False


async def is_answering(listener: Listener, release: Release) -> bool:
    """Say whether whoever accepts at the app's own listener answers for this release."""
    with socket.socket(listener.socket.family, socket.SOCK_STREAM) as sock:
        sock.setblocking(False)
        try:
            async with asyncio.timeout(ANSWER_S):
                await asyncio.get_running_loop().sock_connect(sock, listener.socket.getsockname())
                return await is_serving(sock, release)
        except OSError:
            return False


def _read_body(answer: bytes) -> object:
    """Return what the body says, None while it is not whole or when it never will be."""
    try:
        return json.loads(answer.partition(b"\r\n\r\n")[2])
    except (ValueError, RecursionError):
        return None
