"""Mounting, in words."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from fapi_runner.libc import AT_FDCWD, syscall

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
AT_RECURSIVE = 0x8000


def keep_mounts_to_ourselves() -> None:
    """Let no later mount travel between this namespace and the machine's."""
    _mount("none", Path("/"), None, MS_REC | MS_PRIVATE)


def bind(source: Path, target: Path, attributes: int) -> None:
    """Show a file or folder, with all that is mounted below it, at another place."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(str(source), target, None, MS_BIND | MS_REC)
    change(target, attributes, AT_RECURSIVE)


def bind_alone(source: Path, target: Path) -> None:
    """Show a folder at another place, without what is mounted below it."""
    target.mkdir()
    _mount(str(source), target, None, MS_BIND)


def mount_memory(target: Path, options: str) -> None:
    """Mount an empty file system in memory."""
    target.mkdir(parents=True, exist_ok=True)
    _mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options)


def mount_processes(target: Path) -> None:
    """Mount what this process namespace shows of itself: processes and nothing of the kernel."""
    target.mkdir()
    _mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid")


def change(target: Path, attributes: int, flags: int = 0) -> None:
    """Add attributes to a mount, with AT_RECURSIVE to all below it."""
    # Adding alone: in a user namespace, flags that were there before are locked and must not be named.
    fields = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    syscall("mount_setattr", AT_FDCWD, os.fsencode(target), flags, ctypes.byref(fields), ctypes.sizeof(fields))


def unmount(target: Path) -> None:
    """Take a mount away, whoever still has a file of it open."""
    syscall("umount2", os.fsencode(target), MNT_DETACH)


def make_root(root: Path) -> None:
    """Make this mount the root and forget the former one."""
    os.chdir(root)
    # Both at the same place: the former root is then mounted on top, and goes with the next call.
    syscall("pivot_root", b".", b".")
    syscall("umount2", b".", MNT_DETACH)
    os.chdir("/")


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    arguments = (os.fsencode(source), os.fsencode(target), kind.encode() if kind else None)
    syscall("mount", *arguments, flags, options.encode() or None)
