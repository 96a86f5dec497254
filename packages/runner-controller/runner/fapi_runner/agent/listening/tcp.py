"""In a pod the one app listens on one address that is the pod's for its whole life."""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import sys
from pathlib import Path

from fapi_runner.agent.listening.listener import BACKLOG

SO_ATTACH_FILTER = 26
# A filter of what reaches the socket, from the TCP header on: (code, if true, if false, value). It drops SYN alone.
FLAGS_OFFSET, SYN_AND_ACK, SYN = 13, 0x12, 0x02
LOAD_BYTE, AND, JUMP_IF_EQUAL, RETURN = 0x30, 0x54, 0x15, 0x06
NO_SYN = (
    (LOAD_BYTE, 0, 0, FLAGS_OFFSET),
    (AND, 0, 0, SYN_AND_ACK),
    (JUMP_IF_EQUAL, 0, 1, SYN),
    (RETURN, 0, 0, 0),
    (RETURN, 0, 0, 0xFFFFFFFF),
)
CONNECTED = {"01", "03", "08"}  # accepted or in the backlog, half-way into it, and with a client that sends no more


class TcpListeners:
    """One IPv4 address, bound at once, on which somebody listens only while there is an app."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = bind(host, port)
        self.host: str
        self.port: int
        self.host, self.port = self._socket.getsockname()

    def open(self, app_id: str) -> TcpListener:
        """Listen for the app; there is never a second one at the same time."""
        if self._socket.fileno() < 0:
            self._socket = bind(self.host, self.port)
        self._socket.listen(BACKLOG)
        return TcpListener(self._socket)


class TcpListener:
    """The pod's address while an app is there."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._host, self._port = sock.getsockname()
        self.address = f"{self._host}:{self._port}"

    def has_visitors(self) -> bool:
        """Say whether anybody is connected through it, accepted or still waiting."""
        port = f":{self._port:04X}"
        host = "" if self._host == "0.0.0.0" else _write_host(self._host)
        rows = (row.split(maxsplit=4) for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return any(row[3] in CONNECTED and row[1].endswith(port) and row[1].startswith(host) for row in rows)

    def admit_no_more(self) -> None:
        """Let no connection begin any more; its client tries again within a second, and is refused by then."""
        # The kernel has no other way to take none while those that wait are still accepted: closing resets them.
        program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in NO_SYN))
        described = struct.pack("HP", len(NO_SYN), ctypes.addressof(program))
        with contextlib.suppress(OSError):  # a kernel without filters; a few may be reset
            self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, described)

    def renew(self) -> None:
        """Listen on another socket of the same address, which nobody else has."""
        self.socket.close()
        self.socket = bind(self._host, self._port)
        self.socket.listen(BACKLOG)

    def close(self) -> None:
        """Stop listening: whoever waits to be accepted is reset, and the next one is refused at once."""
        # Not by closing alone, for a child that is about to end may hold the same socket.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that has this IPv4 address, any free port for 0, and does not listen yet."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    # Connections of a former container, long closed, would keep the address for a minute otherwise.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _write_host(host: str) -> str:
    """Return an address as /proc/net/tcp writes it: four bytes as one number of this machine."""
    return f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}"
