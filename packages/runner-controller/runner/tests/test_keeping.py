"""What the agent keeps for the next one: a kill loses nothing of it, and a power cut nothing that the disk has."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest
from rig import Rig, spawn_agent, until

from fapi_runner.agent.disk.state import State

pytestmark = pytest.mark.anyio


class Disk:
    """A disk that a power cut leaves with what was synced, and with empty files where that was to come."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._folder = folder
        self._synced: set[int] = set()
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self._sync)

    def holds(self, path: Path) -> bool:
        return path.exists() and path.stat().st_ino in self._synced

    def cut(self) -> None:
        for path in self._folder.iterdir():
            if not self.holds(path):
                os.truncate(path, 0)

    def _sync(self, fd: int) -> None:
        self.may_go_on.wait()
        self._fsync(fd)
        self._synced.add(os.fstat(fd).st_ino)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path, monkeypatch)


async def save(path: Path, disk: Disk) -> State:
    """Save one epoch that the disk has, and a newer one that it has not."""
    state = State(path)
    state.epoch = 1
    state.save()
    await until(lambda: disk.holds(path))
    disk.may_go_on.clear()
    state.epoch = 2
    state.save()
    return state


async def test_what_was_saved_is_there_for_an_agent_that_comes_after_a_kill(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "state.json"
    await save(path, disk)
    try:
        assert State(path).epoch == 2
    finally:
        disk.may_go_on.set()


async def test_after_a_power_cut_there_is_what_the_disk_held(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "state.json"
    await save(path, disk)
    try:
        disk.cut()
        assert State(path).epoch == 1
    finally:
        disk.may_go_on.set()


async def test_in_the_end_there_is_one_file(tmp_path: Path, disk: Disk) -> None:
    path = tmp_path / "state.json"
    state = await save(path, disk)
    for state.epoch in (3, 4):
        state.save()
    disk.may_go_on.set()
    await until(lambda: list(tmp_path.iterdir()) == [path])
    assert disk.holds(path)
    assert State(path).epoch == 4


async def test_an_agent_that_cannot_read_what_was_kept_says_so_and_ends(own_rig: Rig) -> None:
    file = own_rig.state / "state.json"
    await until(file.exists)
    await own_rig.kill()
    file.write_text('{"epoch"')
    process = await spawn_agent(own_rig.state, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 2
    assert f"{file} is no JSON" in said.decode().splitlines()[-1]
