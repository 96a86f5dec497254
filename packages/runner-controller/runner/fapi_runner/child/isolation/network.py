"""The network of a child's namespace: the loopback device alone, and on it the addresses that were granted."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from fapi_runner.grants import Address

# Of each TCP socket in a child's namespace, for what it sends and for what it receives: as for those of other kinds. By
# itself the kernel lets one grow to many megabytes, which nobody would be told of (agent/children/family_memory.py).
BUFFER_BYTES = 208 << 10
BUFFERS = {"tcp_rmem": f"4096 131072 {BUFFER_BYTES}", "tcp_wmem": f"4096 16384 {BUFFER_BYTES}"}
SETTINGS = Path("/proc/sys/net/ipv4")
LOOPBACK = 1  # the index of the only device of a new namespace
NEW_LINK, NEW_ADDRESS = 16, 20
REQUEST, ACKNOWLEDGE, CREATE = 0x001, 0x004, 0x400
UP = 1
LOCAL, WITHOUT_DETECTION = 2, 0x02
ERROR_OFFSET = 16
ANSWER_BYTES = 4096
BACKLOG = 64


def bound_buffers() -> None:
    """Let no TCP socket of this namespace hold much; done before anything is mounted over the settings."""
    for name, sizes in BUFFERS.items():
        # In some containers nobody may write there.
        with contextlib.suppress(OSError):
            (SETTINGS / name).write_text(sizes)


def raise_loopback() -> None:
    """Bring the loopback device up."""
    _ask(NEW_LINK, 0, struct.pack("=BxHiII", socket.AF_UNSPEC, 0, LOOPBACK, UP, UP))


def listen_at(places: Iterable[tuple[str, int]]) -> list[socket.socket]:
    """Give the namespace these addresses and return a listening socket for each; `raise_loopback` comes first."""
    listeners: list[socket.socket] = []
    try:
        for text, port in places:
            address = ipaddress.ip_address(text)
            _add_address(address)
            listener = socket.socket(_find_family(address), socket.SOCK_STREAM)
            listeners.append(listener)
            listener.bind((text, port))
            listener.listen(BACKLOG)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def _add_address(address: Address) -> None:
    header = struct.pack("=BBBBI", _find_family(address), address.max_prefixlen, WITHOUT_DETECTION, 0, LOOPBACK)
    attribute = struct.pack("=HH", 4 + len(address.packed), LOCAL) + address.packed
    _ask(NEW_ADDRESS, CREATE, header + attribute)


def _find_family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _ask(kind: int, flags: int, body: bytes) -> None:
    head = struct.pack("=IHHII", 16 + len(body), kind, REQUEST | ACKNOWLEDGE | flags, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(head + body)
        (code,) = struct.unpack_from("=i", kernel.recv(ANSWER_BYTES), ERROR_OFFSET)
    if code not in (0, -errno.EEXIST):
        raise OSError(-code, os.strerror(-code))
