"""Limits that the kernel keeps for each process."""

from __future__ import annotations

import resource
from typing import NamedTuple

MEBIBYTE = 1 << 20
DATA_LIMIT_BYTES = 1024 * MEBIBYTE
# A child and all that it starts. Above the limit of one process, so that Python can say MemoryError before it is ended.
MEMORY_LIMIT_BYTES = DATA_LIMIT_BYTES + 512 * MEBIBYTE
# One file; the sum of the app's folder is watched by the agent (agent/disk/quota.py).
FILE_LIMIT_BYTES = 512 * MEBIBYTE
OPEN_FILES_LIMIT = 4096
PROCESSES_LIMIT = 128
# What threads reserve for their stacks and never touch counts for one process, and not for the family.
HEADROOM_BYTES = 512 * MEBIBYTE


class Limits(NamedTuple):
    """What an operator lets one app have; None where it has what every app has."""

    memory_mebibytes: int | None = None  # of a child and all that it starts
    folder_mebibytes: int | None = None

    @property
    def memory_bytes(self) -> int:
        """What the child and all that it starts may have."""
        return MEMORY_LIMIT_BYTES if self.memory_mebibytes is None else self.memory_mebibytes * MEBIBYTE

    @property
    def data_bytes(self) -> int:
        """What one process may ask for: less than the family's where that leaves enough for threads."""
        return max(self.memory_bytes - HEADROOM_BYTES, min(DATA_LIMIT_BYTES, self.memory_bytes + HEADROOM_BYTES))

    @property
    def folder_bytes(self) -> int | None:
        """What its folder may hold; None where that is as for every app."""
        return None if self.folder_mebibytes is None else self.folder_mebibytes * MEBIBYTE

    @property
    def file_bytes(self) -> int:
        """What one file may hold, wherever it is; its own folder's limit never forbids an upload in /tmp."""
        return max(FILE_LIMIT_BYTES, self.folder_bytes or 0)


DEFAULT_LIMITS = Limits()


def limit_resources(own: Limits, processes: bool) -> None:
    """Lower the limits; that of processes only where this child does not share its count with the agent."""
    # DATA, not AS: thread arenas reserve gigabytes of address space that they never touch.
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_DATA, own.data_bytes),
        # Linux holds nobody to it: it tells whoever reports a want of memory what the app may have.
        (resource.RLIMIT_RSS, own.memory_bytes),
        (resource.RLIMIT_FSIZE, own.file_bytes),
        (resource.RLIMIT_MEMLOCK, 64 << 10),
    ]
    if processes:
        limits.append((resource.RLIMIT_NPROC, PROCESSES_LIMIT))
    for kind, limit in limits:
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))
