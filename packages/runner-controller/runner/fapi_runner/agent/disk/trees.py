"""Folders that user code has filled: deleted however deep they are, copied whatever was put in them."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

DEPTH_LIMIT = 50  # of a copy: each level holds a descriptor, and a frame of Python's stack
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
TRIES = 3


def delete_tree(folder: Path) -> None:
    """Delete a folder in which nobody is at work any more."""
    for _ in range(TRIES):  # somebody was at work in it after all
        if not folder.is_dir():
            return
        with contextlib.suppress(OSError):
            _empty(folder)
            folder.rmdir()


def _empty(top: Path) -> None:
    """Delete what is in a folder, however deep: each level is found from the one above or below it, never by a path.

    Two descriptors are open at once. No link is followed, and where the way up leads elsewhere than the way down came
    from, it is left.
    """
    here = _open_folder(os.fspath(top), None)
    way: list[_Level] = []
    try:
        level = _clear(here, "")
        while True:
            if level.inner:
                name = level.inner.pop()
                with contextlib.suppress(OSError):
                    inner = _open_folder(name, here)
                    os.close(here)
                    here = inner
                    way.append(level)
                    level = _clear(here, name)
            elif way:
                outer = os.open("..", FOLDER, dir_fd=here)
                os.close(here)
                here, done, level = outer, level, way.pop()
                if _identify(here) != level.identity:
                    return
                with contextlib.suppress(OSError):
                    os.rmdir(done.name, dir_fd=here)
            else:
                return
    finally:
        os.close(here)


class _Level(NamedTuple):
    """A folder on the way down, and those in it that were not entered yet."""

    name: str
    identity: tuple[int, int]
    inner: list[str]


def _clear(here: int, name: str) -> _Level:
    inner = []
    with os.scandir(here) as found:
        entries = list(found)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            inner.append(entry.name)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.name, dir_fd=here)
    return _Level(name, _identify(here), inner)


def _open_folder(name: str, above: int | None) -> int:
    """Open a folder, whatever whoever made it has forbidden its owner."""
    place = os.open(name, FOLDER | os.O_PATH, dir_fd=above)
    try:
        if os.fstat(place).st_mode & 0o700 != 0o700:
            os.chmod(f"/proc/self/fd/{place}", 0o700)
        return os.open(".", FOLDER, dir_fd=place)
    finally:
        os.close(place)


def _identify(folder: int) -> tuple[int, int]:
    facts = os.fstat(folder)
    return facts.st_dev, facts.st_ino


def copy_tree(source: Path, target: Path, limit_bytes: int, limit_entries: int) -> bool:
    """Copy regular files and folders, with their modes and owners, into an empty folder; False when it is too much.

    Whoever owns the source may be at work in it, and what was a file may be a link to another's by now: so all is
    opened by its name in a folder that is open already, and no link is followed.
    """
    copies = {source: target}
    folders: list[tuple[Path, os.stat_result]] = []
    for place, inner, files, fd in os.fwalk(source, follow_symlinks=False):
        copy = copies.pop(Path(place))
        folders.append((copy, os.fstat(fd)))
        limit_entries -= len(inner) + len(files)
        if limit_entries < 0 or len(folders[-1][0].relative_to(target).parts) > DEPTH_LIMIT:
            return False
        for name in inner:
            (copy / name).mkdir(mode=0o700)
            copies[Path(place, name)] = copy / name
        for name in files:
            limit_bytes -= _copy_file(name, fd, copy, limit_bytes)
            if limit_bytes < 0:
                return False
    # At last, for they may say that nothing can be written there.
    for copy, facts in reversed(folders):
        _keep_facts(facts, copy)
    return True


def _copy_file(name: str, folder: int, copy: Path, limit_bytes: int) -> int:
    """Return how large it is; what is no file, or is gone meanwhile, is nothing."""
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return 0
    with open(opened, "rb") as file:
        facts = os.fstat(opened)
        if not stat.S_ISREG(facts.st_mode):
            return 0
        if facts.st_size <= limit_bytes:
            (copy / name).write_bytes(file.read(facts.st_size))
            os.utime(copy / name, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            _keep_facts(facts, copy / name)
        return facts.st_size


def _keep_facts(facts: os.stat_result, copy: Path) -> None:
    if os.geteuid() == 0:
        os.chown(copy, facts.st_uid, facts.st_gid)
    copy.chmod(facts.st_mode & 0o777)
