"""Control groups of version 2, on the kernel's own: with whatever controller is not version 1's here."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from rig import PACKAGE

MOUNTS = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")]
ROOT = next((mount for mount in MOUNTS if (mount / "cgroup.controllers").exists()), None)
FREE = [] if ROOT is None else (ROOT / "cgroup.controllers").read_text().split()
pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not FREE, reason="no controller of version 2 is ours to give here")
DELEGATE = """
import sys, time
from pathlib import Path
from fapi_runner.child.isolation.delegation import delegate
sys.stdin.readline()
try:
    print(delegate(Path(sys.argv[1]), sys.argv[2:]), flush=True)
except OSError as error:
    print(error, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A group as a service manager gives one to a program: with controllers, and none for groups below."""
    assert ROOT is not None
    was = (ROOT / "cgroup.subtree_control").read_text().split()
    (ROOT / "cgroup.subtree_control").write_text(f"+{FREE[0]}")
    made = ROOT / f"test-{uuid.uuid4().hex[:8]}"
    made.mkdir()
    yield made
    for folder in (*made.iterdir(), made):
        if folder.is_dir():
            folder.rmdir()
    if FREE[0] not in was:
        (ROOT / "cgroup.subtree_control").write_text(f"-{FREE[0]}")


class Program:
    """A program in a group, with another one beside it that is its child."""

    def __init__(self, group: Path, *controllers: str, terminal: bool = False) -> None:
        command = [sys.executable, "-c", DELEGATE, str(group), *controllers]
        environment = {"PYTHONPATH": str(PACKAGE)}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        self._beside: list[subprocess.Popen[bytes]] = []
        self._terminals: list[int] = []
        self.group = group
        self.pids = [self._process.pid]
        (group / "cgroup.procs").write_text(str(self._process.pid))
        if terminal:
            self._open_terminal()

    def _open_terminal(self) -> None:
        ours, theirs = pty.openpty()
        shell = f"""
import fcntl, os, termios, time
os.setsid()
fcntl.ioctl({theirs}, termios.TIOCSCTTY, 0)
print(flush=True)
time.sleep(60)
"""
        beside = subprocess.Popen([sys.executable, "-c", shell], pass_fds=[theirs], stdout=subprocess.PIPE)
        assert beside.stdout is not None
        beside.stdout.readline()
        (self.group / "cgroup.procs").write_text(str(beside.pid))
        self._beside.append(beside)
        os.close(theirs)
        # Closed, it would hang up.
        self._terminals.append(ours)

    def ask(self) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        for process in (self._process, *self._beside):
            process.kill()
            process.communicate()
        for terminal in self._terminals:
            os.close(terminal)


def list_members(group: Path) -> list[int]:
    return [int(pid) for pid in (group / "cgroup.procs").read_text().split()]


def test_everything_in_the_group_moves_below_it_and_what_is_made_there_can_be_limited(group: Path) -> None:
    one, other = Program(group, FREE[0]), Program(group, FREE[0])
    try:
        assert one.ask() == str(group)
        assert (group / "cgroup.subtree_control").read_text().split() == [FREE[0]]
        assert list_members(group) == []
        assert set(list_members(group / "fapi-rest")) == {one.pids[0], other.pids[0]}
        # Who begins later is born there, and means the same place.
        later = Program(group / "fapi-rest", FREE[0])
        assert later.ask() == str(group)
        later.end()
    finally:
        one.end()
        other.end()


def test_a_controller_that_the_group_is_not_given_is_named_and_nobody_moves(group: Path) -> None:
    program = Program(group, FREE[0], "no-such-controller")
    try:
        assert program.ask() == "this program's control group is not given no-such-controller"
        assert list_members(group) == program.pids
    finally:
        program.end()


def test_a_terminal_is_not_moved_and_the_way_out_is_said(group: Path) -> None:
    program = Program(group, FREE[0], terminal=True)
    try:
        assert "systemd-run --user --scope" in program.ask()
        assert len(list_members(group)) == 2
    finally:
        program.end()
