"""Control groups of version 2, on the kernel's own: with whatever controller is not version 1's here."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from agents import NOBODY, find_python
from rig import PACKAGE

MOUNTS = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")]
ROOT = next((mount for mount in MOUNTS if (mount / "cgroup.controllers").exists()), None)
FREE = [] if ROOT is None else (ROOT / "cgroup.controllers").read_text().split()
pytestmark = pytest.mark.skipif(os.geteuid() != 0 or not FREE, reason="no controller of version 2 is ours to give here")
DELEGATE = """
import sys
from pathlib import Path
from fapi_runner.child.isolation.delegation import delegate
sys.stdin.readline()
try:
    print(delegate(Path(sys.argv[1]), sys.argv[2].split(), sys.argv[3].split()), flush=True)
except OSError as error:
    print(error, flush=True)
sys.stdin.readline()
"""
# Starts another program once it is told to, in a session of its own where that is said.
START = """
import json, os, subprocess, sys
os.read(0, 1)
subprocess.run(json.loads(sys.argv[1]), start_new_session=sys.argv[2] == "apart")
"""
WAIT = "import sys; sys.stdin.readline()"
SHELL = """
import fcntl, os, sys, termios
fcntl.ioctl(int(sys.argv[1]), termios.TIOCSCTTY, 0)
print(flush=True)
sys.stdin.readline()
"""
# npm, a controller, its agent, and the zygote, which asks.
DEMO = ("together", "apart", "apart")


@pytest.fixture
def group() -> Iterator[Path]:
    """A group as a service manager gives one to a program: with controllers, and none for groups below."""
    assert ROOT is not None
    was = (ROOT / "cgroup.subtree_control").read_text().split()
    (ROOT / "cgroup.subtree_control").write_text(f"+{FREE[0]}")
    made = ROOT / f"test-{uuid.uuid4().hex[:8]}"
    made.mkdir()
    yield made
    for folder, _, _ in os.walk(made, topdown=False):
        os.rmdir(folder)
    if FREE[0] not in was:
        (ROOT / "cgroup.subtree_control").write_text(f"-{FREE[0]}")


class Program:
    """Programs in a group, each started by the one before; the last of them asks."""

    def __init__(
        self, group: Path, *controllers: str, welcome: str = "", starts: Sequence[str] = DEMO, user: int | None = None
    ) -> None:
        python = sys.executable if user is None else find_python()
        command = [python, "-c", DELEGATE, str(group), " ".join(controllers), welcome]
        for way in reversed(("together", *starts)):
            command = [python, "-c", START, json.dumps(command), way]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(PACKAGE)},
            start_new_session=True,
            user=user,
            cwd="/",
        )
        (group / "cgroup.procs").write_text(str(self._process.pid))
        self._say("x" * (1 + len(starts)))

    def ask(self) -> str:
        assert self._process.stdout is not None
        self._say("\n")
        return self._process.stdout.readline().decode().strip()

    def end(self) -> None:
        if self._process.returncode is None:
            self._process.communicate()  # each of them ends with the next one, and the last one with what it reads

    def _say(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words.encode())
        self._process.stdin.flush()


@pytest.fixture
def begin() -> Iterator[Callable[..., Program]]:
    """Have programs until the end of a test."""
    programs: list[Program] = []

    def begin(*args: object, **options: object) -> Program:
        programs.append(Program(*args, **options))  # type: ignore[arg-type]
        return programs[-1]

    yield begin
    for program in programs:
        program.end()


@pytest.fixture
def beside(group: Path) -> Iterator[Callable[..., None]]:
    """Have another program in the group, which nobody there has started."""
    others: list[subprocess.Popen[bytes]] = []

    def begin(code: str = WAIT, *fds: int) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", code, *map(str, fds)]
        other = subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=fds, start_new_session=True)
        others.append(other)
        (group / "cgroup.procs").write_text(str(other.pid))
        if fds:
            assert other.stdout is not None
            other.stdout.readline()

    yield begin
    for other in others:
        other.communicate()


Begin = Callable[..., Program]


def list_members(group: Path) -> set[int]:
    return {int(pid) for pid in (group / "cgroup.procs").read_text().split()}


def is_untouched(group: Path) -> bool:
    """Say whether nobody has moved, and nothing is left of a try."""
    return not (group / "fapi-rest").exists() and not (group / "cgroup.subtree_control").read_text().split()


def test_everything_that_came_with_it_moves_below_and_what_is_made_there_can_be_limited(
    group: Path, begin: Begin
) -> None:
    assert begin(group, FREE[0]).ask() == str(group)
    assert (group / "cgroup.subtree_control").read_text().split() == [FREE[0]]
    assert list_members(group) == set()
    assert len(list_members(group / "fapi-rest")) == 2 + len(DEMO)
    # Who begins later is born there, and means the same place.
    assert begin(group / "fapi-rest", FREE[0]).ask() == str(group)


def test_what_is_welcome_is_had_where_the_others_are_there_already(group: Path, begin: Begin) -> None:
    rest = group / "fapi-rest"
    rest.mkdir()
    assert begin(rest, welcome=f"no-such-controller {FREE[0]}").ask() == str(group)
    assert (group / "cgroup.subtree_control").read_text().split() == [FREE[0]]


def test_a_controller_that_the_group_is_not_given_is_named_and_nobody_moves(group: Path, begin: Begin) -> None:
    asked = begin(group, FREE[0], "no-such-controller").ask()
    assert asked == "this program's control group is not given no-such-controller"
    assert is_untouched(group)


def test_a_terminal_is_not_moved_and_the_way_out_is_said(
    group: Path, begin: Begin, beside: Callable[..., None]
) -> None:
    ours, theirs = pty.openpty()
    beside(SHELL, theirs)
    told = begin(group, FREE[0]).ask()
    assert "a terminal is in" in told
    assert "systemd-run --user --scope" in told
    assert is_untouched(group)
    os.close(theirs)
    os.close(ours)


def test_another_program_in_the_group_is_not_moved(group: Path, begin: Begin, beside: Callable[..., None]) -> None:
    beside()
    told = begin(group, FREE[0]).ask()
    assert "another program" in told
    assert "systemd-run --user --scope" in told
    assert is_untouched(group)


def test_who_let_somebody_in_to_start_it_is_not_moved(group: Path, begin: Begin) -> None:
    # As `ssh host npm run demo` does: the shell has a session of its own, the server that began it another one.
    told = begin(group, FREE[0], starts=("apart", *DEMO)).ask()
    assert "another program" in told
    assert is_untouched(group)


def test_a_services_group_is_divided_where_its_manager_was_told_so(group: Path, begin: Begin) -> None:
    (group / "cgroup.subtree_control").write_text(f"+{FREE[0]}")
    service = group / "jobs.service"
    service.mkdir()
    program = begin(service, FREE[0])
    assert "Delegate=yes" in program.ask()
    assert is_untouched(service)
    program.end()
    os.setxattr(service, "trusted.delegate", b"1")
    assert begin(service, FREE[0]).ask() == str(service)
    assert list_members(service) == set()


def test_what_fails_halfway_leaves_all_as_it_was(group: Path, begin: Begin) -> None:
    for path in (group, group / "cgroup.procs"):
        os.chown(path, NOBODY, NOBODY)
    # They may move, and give nothing to who is below them.
    assert "Permission denied" in begin(group, FREE[0], user=NOBODY).ask()
    assert is_untouched(group)
    assert len(list_members(group)) == 2 + len(DEMO)
