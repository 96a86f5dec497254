"""Asks a new child who it is, on a private socket, before anybody else may."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket

from fapi_runner.agent.disk.state import Release

ANSWER_LIMIT_BYTES = 1 << 14


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


def _read_body(answer: bytes) -> object:
    """Return what the body says, None while it is not whole or when it never will be."""
    try:
        return json.loads(answer.partition(b"\r\n\r\n")[2])
    except (ValueError, RecursionError):
        return None
