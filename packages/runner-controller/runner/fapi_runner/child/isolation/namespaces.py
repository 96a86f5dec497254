"""A world of its own: no process, socket, mount, queue or name of the machine is in it."""

from __future__ import annotations

import os
from pathlib import Path

from fapi_runner.child.isolation.network import bound_buffers
from fapi_runner.libc import PR_SET_DUMPABLE, prctl, syscall

NEW_MOUNTS = 0x00020000
NEW_HOST_NAME = 0x04000000
NEW_QUEUES = 0x08000000
NEW_USERS = 0x10000000
NEW_PROCESSES = 0x20000000
NEW_NETWORK = 0x40000000
SHARED_BY_NOBODY = NEW_MOUNTS | NEW_HOST_NAME | NEW_QUEUES | NEW_PROCESSES | NEW_NETWORK


def enter_namespaces() -> None:
    """Leave the machine's namespaces; the children of this process are in the new process namespace, itself is not."""
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        syscall("unshare", SHARED_BY_NOBODY)
        bound_buffers()
        return
    # The files of a process that hides its memory are root's, the maps below among them.
    prctl(PR_SET_DUMPABLE, 1)
    # Only in a user namespace of its own may an ordinary user make the others.
    syscall("unshare", NEW_USERS | SHARED_BY_NOBODY)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    bound_buffers()
