"""Folders that user code has filled: deleted however deep they are, copied whatever was put in them."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from fapi_runner.agent.disk.descent import MovedError, descend, enter_by_force

DEPTH_LIMIT = 50  # of a copy: each level holds a descriptor, and a frame of Python's stack
NAME_LIMIT, PATH_LIMIT = 255, 4095  # in bytes
TRIES = 3


def delete_tree(folder: Path) -> None:
    """Delete a folder in which nobody is at work any more."""
    for _ in range(TRIES):  # somebody was at work in it after all
        if not folder.is_dir():
            return
        with contextlib.suppress(OSError, MovedError):
            for here, inner in descend(folder, enter_by_force, _remove):
                with contextlib.suppress(OSError):
                    inner += _clear(here)
            folder.rmdir()


def _clear(here: int) -> list[str]:
    """Delete the files of a folder and return the names of the folders in it."""
    inner = []
    with os.scandir(here) as found:
        entries = list(found)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            inner.append(entry.name)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.name, dir_fd=here)
    return inner


def _remove(name: str, above: int) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(name, dir_fd=above)


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
        if limit_entries < 0 or len(copy.relative_to(target).parts) > DEPTH_LIMIT:
            return False
        if len(os.fsencode(copy)) + 1 + NAME_LIMIT > PATH_LIMIT:
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
