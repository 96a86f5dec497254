"""The calls to connect that the kernel puts to us, of a process that may not make them itself: read, refused or given.

The kernel holds the caller until we have answered. What it wants is read once and done by us: whatever it writes over
its arguments meanwhile, it gets what we have read. It never goes on with the call itself.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import ipaddress
import os
import select
import socket
import struct
import sys
from pathlib import Path
from typing import NamedTuple

# _IOWR('!', 0, 80 bytes), _IOWR('!', 1, 24), _IOW('!', 2, 8), _IOW('!', 3, 24)
RECEIVE, ANSWER, IS_WAITING, ADD = 0xC0502100, 0xC0182101, 0x40082102, 0x40182103
# A newer kernel may write more than we know of.
CALL_BYTES = 1024
REPLACE = 1
PLACE_BYTES = 28
IPV4_BYTES, IPV6_BYTES = 16, 24
READABLE_LIMIT = sys.maxsize - PLACE_BYTES


class Call(NamedTuple):
    """One call that waits for its answer; `place` is None where it names none that TCP leads to."""

    id: int
    thread: int
    fd: int
    place: tuple[str, int] | None
    is_blocking: bool


def has_call(listener: int, wait_s: float = 0) -> bool:
    """Say whether a call waits: to receive one where there is none would wait for it, for ever where nobody is left."""
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    return any(event & select.POLLIN for _, event in poller.poll(wait_s * 1000))


def has_callers(listener: int) -> bool:
    """Say whether anybody is left who could call."""
    poller = select.poll()
    poller.register(listener, 0)
    return not any(event & select.POLLHUP for _, event in poller.poll(0))


def receive_call(listener: int) -> Call | None:
    """Return the call that has waited longest, None where its caller has gone meanwhile; raise OSError if unreadable.

    A call that cannot be read is refused.
    """
    told = bytearray(CALL_BYTES)
    try:
        fcntl.ioctl(listener, RECEIVE, told, True)
    except FileNotFoundError:
        return None
    number, thread = struct.unpack_from("=QI", told)
    fd, address, length = struct.unpack_from("=3Q", told, 32)
    fd &= 0xFFFFFFFF
    try:
        place = _read_place(_read_memory(thread, address, length & 0xFFFFFFFF))
        call = Call(number, thread, fd, place, _is_blocking(thread, fd))
    except OSError as error:
        refuse_call(listener, number, error.errno or errno.EIO)
        raise
    # The number of the thread may be another's by now: then what was read is none of this caller's.
    try:
        fcntl.ioctl(listener, IS_WAITING, struct.pack("=Q", number))
    except FileNotFoundError:
        return None
    return call


def refuse_call(listener: int, number: int, code: int) -> None:
    """Have the call fail with this error of the system."""
    _answer(listener, number, -code)


def give(listener: int, call: Call, sock: socket.socket) -> None:
    """Have the call succeed: what the caller wanted to connect is this connected socket from now on; raise OSError.

    The caller has a copy of its own.
    """
    os.set_blocking(sock.fileno(), call.is_blocking)
    addition = struct.pack("=QIIII", call.id, REPLACE, sock.fileno(), call.fd, os.O_CLOEXEC)
    fcntl.ioctl(listener, ADD, addition)
    _answer(listener, call.id, 0)


def make_pair() -> tuple[socket.socket, socket.socket]:
    """Return both ends of a TCP connection, for what is set on such a socket must not fail; raise OSError."""
    with socket.socket() as door, contextlib.ExitStack() as made:
        # The ports of pairs that were closed a moment ago are no others' for a minute: they may be had again.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        theirs = made.enter_context(socket.socket())
        theirs.connect(door.getsockname())
        ours = made.enter_context(door.accept()[0])
        if ours.getpeername() != theirs.getsockname():
            raise ConnectionError("somebody else came first")
        made.pop_all()
        return theirs, ours


def _answer(listener: int, number: int, error: int) -> None:
    with contextlib.suppress(FileNotFoundError):  # whoever called has gone, or was interrupted and calls again
        fcntl.ioctl(listener, ANSWER, struct.pack("=QqiI", number, 0, error, 0))


def _read_memory(thread: int, address: int, length: int) -> bytes:
    if address > READABLE_LIMIT:
        return b""
    memory = os.open(f"/proc/{thread}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(memory, min(length, PLACE_BYTES), address)
    except OSError:  # no memory of its own is there
        return b""
    finally:
        os.close(memory)


def _read_place(data: bytes) -> tuple[str, int] | None:
    if len(data) < IPV4_BYTES:
        return None
    (family,) = struct.unpack_from("=H", data)
    (port,) = struct.unpack_from("!H", data, 2)
    if family == socket.AF_INET:
        return str(ipaddress.IPv4Address(data[4:8])), port
    if family == socket.AF_INET6 and len(data) >= IPV6_BYTES:
        address = ipaddress.IPv6Address(data[8:24])
        # As the kernel takes it.
        return str(address.ipv4_mapped or address), port
    return None


def _is_blocking(thread: int, fd: int) -> bool:
    try:
        told = Path(f"/proc/{thread}/fdinfo/{fd}").read_text()
    except FileNotFoundError:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF)) from None
    flags = next(line.split()[1] for line in told.splitlines() if line.startswith("flags:"))
    return not int(flags, 8) & os.O_NONBLOCK
