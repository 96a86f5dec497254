"""Counts the files of a folder that have no name any more: who has one open, or mapped, has it on the disk still.

Of what is open all is told. Of what is mapped and no longer open the size is told only to whoever may look into
map_files, which takes a capability of the machine's root; else a file counts as far as it is mapped, and beyond a
number that few apps need, as a full one. Of what waits in a socket to be received, nothing is told but how much: each
counts as a full one, where it waits longer than a receiver takes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import re
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from fapi_runner.agent.procfs import find_place
from fapi_runner.child.isolation.limits import FILE_LIMIT_BYTES

# Of one look: all that a few processes can have open, or mapped. Of who has more each look sees another part.
DESCRIPTORS_LIMIT = 1 << 16
MAPS_LIMIT_BYTES = 32 << 20
MAPPED_FREE = 8
RECEIVED_IN_S = 0.05
WAITING = re.compile(r"^scm_fds: (\d+)$", re.MULTILINE)
MAPPING = re.compile(
    rb"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) \S+ (?P<offset>[0-9a-f]+) \S+ "
    rb"(?P<inode>\d+) +(?P<path>/.*) \(deleted\)$",
    re.MULTILINE,
)


def can_look_at(pid: int) -> bool:
    """Say whether we may know what this process has open: one that is closed to others of its user tells only root."""
    try:
        os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return False
    return True


def measure_unlinked(folder: Path, pids: Iterable[int], gates: Collection[int] = ()) -> tuple[int, int]:
    """Return the bytes of such files of this folder that these processes keep, and their number.

    What waits at `gates`, which are sockets by their inodes, was sent by us.
    """
    members = list(pids)
    random.shuffle(members)
    places = [find_place(pid) for pid in members]
    within = f"{folder}/"
    # By their numbers: all of them are in one file system, and processes share what they had before they forked.
    sockets: dict[int, str] = {}
    sizes = dict(_list_open(within, places, sockets))
    mapped: dict[int, int] = {}
    for inode, size, is_known in _list_mapped(within, places):
        if is_known:
            sizes[inode] = size
        else:
            mapped[inode] = max(size, mapped.get(inode, 0))
    unknown = sorted((size for inode, size in mapped.items() if inode not in sizes), reverse=True)
    waiting = _count_waiting({inode: place for inode, place in sockets.items() if inode not in gates})
    full = (max(0, len(unknown) - MAPPED_FREE) + waiting) * FILE_LIMIT_BYTES
    return sum(sizes.values()) + sum(unknown[:MAPPED_FREE]) + full, len(sizes) + len(unknown) + waiting


def _list_open(within: str, places: Iterable[str], sockets: dict[int, str]) -> Iterator[tuple[int, int]]:
    left = DESCRIPTORS_LIMIT
    for place in places:
        with contextlib.suppress(OSError), os.scandir(f"{place}/fd") as descriptors:
            for descriptor in descriptors:
                left -= 1
                if left < 0:
                    return
                with contextlib.suppress(OSError):  # closed meanwhile
                    facts = descriptor.stat()
                    if _is_unlinked(facts) and _was_within(within, descriptor.path):
                        yield facts.st_ino, facts.st_blocks * 512
                    elif stat.S_ISSOCK(facts.st_mode):
                        sockets[facts.st_ino] = f"{place}/fdinfo/{descriptor.name}"


def _was_within(within: str, descriptor: str) -> bool:
    try:
        return os.readlink(descriptor).startswith(within)
    except OSError as error:
        # Of a file that lay deeper than a path is long no place is told, and these processes can write nowhere else.
        if error.errno == errno.ENAMETOOLONG:
            return True
        raise


def _count_waiting(sockets: dict[int, str]) -> int:
    """Return how many descriptors wait in these sockets, now and a moment later."""
    waiting = _sum_waiting(sockets)
    if waiting:
        time.sleep(RECEIVED_IN_S)
        # Of all: between two sockets they may go to and fro.
        waiting = min(waiting, _sum_waiting(sockets))
    return waiting


def _sum_waiting(sockets: dict[int, str]) -> int:
    waiting = 0
    for place in sockets.values():
        with contextlib.suppress(OSError):
            waiting += sum(map(int, WAITING.findall(Path(place).read_text())))
    return waiting


def _list_mapped(within: str, places: Iterable[str]) -> Iterator[tuple[int, int, bool]]:
    prefix = os.fsencode(within)
    left = MAPS_LIMIT_BYTES
    for place in places:
        maps = b""
        with contextlib.suppress(OSError), open(f"{place}/maps", "rb") as told:
            maps = told.read(left)
        left -= len(maps)
        for found in MAPPING.finditer(maps):
            if found["path"].startswith(prefix):
                yield _measure_mapped(place, found)
        if left <= 0:
            return


def _measure_mapped(place: str, found: re.Match[bytes]) -> tuple[int, int, bool]:
    start, end, offset = (int(found[name], 16) for name in ("start", "end", "offset"))
    try:
        # A thread has none below its process, but has by its own number.
        facts = os.stat(f"/proc/{os.path.basename(place)}/map_files/{start:x}-{end:x}")
    except OSError:
        return int(found["inode"]), min(offset + end - start, FILE_LIMIT_BYTES), False
    # One that was opened by another name of it has its place in the folder, which is counted.
    return facts.st_ino, facts.st_blocks * 512 if _is_unlinked(facts) else 0, True


def _is_unlinked(facts: os.stat_result) -> bool:
    return facts.st_nlink == 0 and stat.S_ISREG(facts.st_mode)
