"""Disks that are full: an agent's own one, and a single folder of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from agents import make_state
from rig import Rig, delete_state


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


@asynccontextmanager
async def open_narrow_rig(size: str, *options: str) -> AsyncIterator[Rig]:
    """Start an agent with a file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can bound a folder")
    state = make_state()
    mount("-t", "tmpfs", "-o", f"mode=755,size={size}", "none", state)
    rig = await Rig.start(state, *options)
    yield rig
    await rig.close()
    unmount(state)
    delete_state(state)


def bound(folder: Path, entries: int) -> None:
    """Let there be no more files than this; 0 is no bound."""
    mount("-o", f"remount,nr_inodes={entries}", folder)


@contextmanager
def without_space(rig: Rig) -> Iterator[None]:
    """Leave the agent's disk no room for what has any size; links have none."""
    ballast = rig.state / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def without_links(rig: Rig) -> Iterator[None]:
    """Leave no room for the link to the code of who serves."""
    mount("-t", "tmpfs", "-o", "size=4k,nr_inodes=1", "none", rig.state / "live")
    try:
        yield
    finally:
        unmount(rig.state / "live")
