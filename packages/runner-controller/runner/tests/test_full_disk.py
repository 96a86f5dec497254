"""A disk that is full, under a real agent."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from client import Refused
from conftest import make_state
from rig import Rig, delete_state, hello

pytestmark = pytest.mark.anyio


def mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,size=64m", "none", folder], check=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], check=True)


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.fixture
async def narrow_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    """An agent with a file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can bound a folder")
    state = make_state()
    mount(state)
    rig = await Rig.start(state)
    yield rig
    await rig.close()
    unmount(state)
    delete_state(state)


async def test_is_said_with_a_code_and_a_command_is_done_when_there_is_space(narrow_rig: Rig) -> None:
    rig = narrow_rig
    ready = await rig.prepare(hello("one"))
    ballast = rig.state / "ballast"
    fill(ballast)
    for command in (rig.put(hello("two")), rig.prepare(hello("one"), "other")):
        with pytest.raises(Refused) as refused:
            await command
        assert refused.value.code == "disk_full"
        assert "free space there" in refused.value.message
    ballast.unlink()
    await rig.client.call("activate", **ready["key"])
    await rig.deploy(hello("two"), "other")
