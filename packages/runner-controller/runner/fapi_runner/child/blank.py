"""A child before it is anybody's: behind its slow layers, rehearsed, waiting at its door for what makes it one."""

from __future__ import annotations

import gc
import json
import select
import socket

from fapi_runner.child.isolation.confine import enclose
from fapi_runner.child.isolation.levels import Plan
from fapi_runner.child.isolation.limits import Limits
from fapi_runner.child.rehearsal import rehearse
from fapi_runner.libc import name_process

READY, TAKEN = b"r", b"t"
FDS_LIMIT = 16
MESSAGE_BYTES = 4096


def wait_as_blank(plan: Plan, limits: Limits, door: socket.socket) -> dict[str, int] | None:
    """Return what the agent hands over, by name; None when it never will."""
    enclose(plan, limits)
    # Whoever is waited for already does not rehearse.
    if not select.select([door], [], [], 0)[0]:
        rehearse()
        gc.freeze()
    name_process(b"fapi-blank")
    door.send(READY)
    data, fds, _, _ = socket.recv_fds(door, MESSAGE_BYTES, FDS_LIMIT, socket.MSG_CMSG_CLOEXEC)
    if not data:
        return None
    name_process(b"fapi-child")
    door.send(TAKEN)
    door.close()
    return dict(zip(json.loads(data), fds, strict=True))
