"""Limits that the kernel keeps for each process."""

from __future__ import annotations

import resource

MEBIBYTE = 1 << 20
DATA_LIMIT_BYTES = 1024 * MEBIBYTE
# A child and all that it starts. Above the limit of one process, so that Python can say MemoryError before it is ended.
MEMORY_LIMIT_BYTES = DATA_LIMIT_BYTES + 512 * MEBIBYTE
# One file; the sum of the app's folder is watched by the agent (agent/disk/quota.py).
FILE_LIMIT_BYTES = 512 * MEBIBYTE
OPEN_FILES_LIMIT = 4096
PROCESSES_LIMIT = 128


def limit_resources(processes: bool) -> None:
    """Lower the limits; that of processes only where this child does not share its count with the agent."""
    # DATA, not AS: thread arenas reserve gigabytes of address space that they never touch.
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_DATA, DATA_LIMIT_BYTES),
        (resource.RLIMIT_FSIZE, FILE_LIMIT_BYTES),
        (resource.RLIMIT_MEMLOCK, 64 << 10),
    ]
    if processes:
        limits.append((resource.RLIMIT_NPROC, PROCESSES_LIMIT))
    for kind, limit in limits:
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))
