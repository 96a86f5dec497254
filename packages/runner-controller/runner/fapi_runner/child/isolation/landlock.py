"""Landlock: which files this process and all it starts may touch, whatever the root shows; no signal leaves it."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from fapi_runner.libc import syscall

VERSION_FLAG = 1
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_DEVICES = 1 << 6 | 1 << 11
REFER, TRUNCATE, DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
# All rights that an ABI knows about files; beyond the first one each came by itself.
FIRST_RIGHTS = (1 << 13) - 1
RIGHTS_SINCE = ((2, REFER), (3, TRUNCATE), (5, DEVICE_CONTROL))
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | DEVICE_CONTROL
BIND_TCP, CONNECT_TCP = 1, 2
NET_PORT = 2
ABSTRACT_SOCKETS_AND_SIGNALS = 1 | 2
NET_SINCE, SCOPES_SINCE = 4, 6


def find_abi() -> int:
    """Return the version of Landlock that the kernel speaks; raise OSError without it."""
    return syscall("landlock_create_ruleset", None, 0, VERSION_FLAG)


def find_gap() -> str | None:
    """Say what this kernel's Landlock cannot hold, None when it holds all we ask for."""
    abi = find_abi()
    if abi < SCOPES_SINCE:
        return f"its version is {abi}: signals to processes of the same user are refused only from {SCOPES_SINCE} on"
    return None


def restrict(
    readable: Iterable[Path], writable: Iterable[Path | int], executable: Iterable[Path], ports: Iterable[int] = ()
) -> None:
    """Leave reading below some places, writing below others, executing some files and connecting to some ports.

    Nothing else, for good. A number among the writable is an open place.
    """
    abi = find_abi()
    handled = FIRST_RIGHTS
    for since, right in RIGHTS_SINCE:
        handled |= right if abi >= since else 0
    net = BIND_TCP | CONNECT_TCP if abi >= NET_SINCE else 0
    scoped = ABSTRACT_SOCKETS_AND_SIGNALS if abi >= SCOPES_SINCE else 0
    # Older kernels refuse what they do not know, even when it is zero.
    attributes = struct.pack("QQQ", handled, net, scoped)[: 8 if abi < NET_SINCE else 16 if abi < SCOPES_SINCE else 24]
    ruleset = syscall("landlock_create_ruleset", attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(ruleset, path, READ_FILE | READ_DIR)
        for path in executable:
            _allow(ruleset, path, READ_FILE | EXECUTE)
        for place in writable:
            _allow(ruleset, place, handled & ~(EXECUTE | MAKE_DEVICES | DEVICE_CONTROL))
        for port in ports if net else ():
            syscall("landlock_add_rule", ruleset, NET_PORT, ctypes.c_char_p(struct.pack("=QQ", CONNECT_TCP, port)), 0)
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, place: Path | int, rights: int) -> None:
    try:
        fd = os.dup(place) if isinstance(place, int) else os.open(place, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if stat.S_ISDIR(os.fstat(fd).st_mode) else rights & OF_FILES
        syscall("landlock_add_rule", ruleset, PATH_BENEATH, ctypes.c_char_p(struct.pack("=Qi", allowed, fd)), 0)
    finally:
        os.close(fd)
