"""Who wants more of the processor than its share is kept on one core, and its neighbours are not."""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from editors import Editor, list_servers
from rig import Rig, find_zygote, hello, until

from fapi_runner.agent.children.elbowroom import Elbowroom
from fapi_runner.agent.disk.quota import list_family
from fapi_runner.agent.procfs import read_stat

pytestmark = pytest.mark.anyio
CORES = os.sched_getaffinity(0)
ALLOWED = re.compile(r"^Cpus_allowed_list:\s+(\S+)", re.MULTILINE)
CGROUPS = Path("/sys/fs/cgroup")
EVERYBODYS_WEIGHT = {"cpu.weight": 100, "cpu.shares": 1024}

# It begins with much to read.
READER = """\
import asyncio, email, http.client, json, logging, typing, unittest.mock, xml.etree.ElementTree
import fastapi.testclient, httpx, pydantic, sqlalchemy, uvicorn
from fastapi import FastAPI
app = FastAPI()
app."""

# Loops in processes, as no lock of an interpreter holds them back.
CROWD = """\
import os, signal
from fastapi import FastAPI
app = FastAPI()
loops = []
@app.get("/crowd")
def crowd():
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            while True:
                pass
        loops.append(pid)
@app.get("/rest")
def rest():
    while loops:
        os.kill(loops[-1], signal.SIGKILL)
        os.waitpid(loops.pop(), 0)
"""


@pytest.fixture
def placing_rig(own_rig: Rig) -> Rig:
    """An agent that can choose the cores of its children."""
    layer = next(layer for layer in own_rig.client.hello["isolation"]["layers"] if layer["name"] == "cgroup")
    if not layer["active"] or "reason" in layer:
        pytest.skip(f"cgroup: {layer['reason']}")
    if len(CORES) == 1:
        pytest.skip("this machine has one core")
    return own_rig


async def find_cores(rig: Rig, app_id: str) -> set[frozenset[int]]:
    """Return the cores that each of an app's processes may run on, each choice once."""
    found = set()
    for pid in list_family((await rig.app(app_id))["active"]["pid"]):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.add(frozenset(parse_cores((task / "status").read_text())))
    return found


def parse_cores(status: str) -> set[int]:
    allowed = ALLOWED.search(status)
    assert allowed is not None
    ranges = [part.split("-") for part in allowed[1].split(",")]
    return {core for first, *last in ranges for core in range(int(first), int((last or [first])[0]) + 1)}


async def crowd(rig: Rig, app_id: str) -> frozenset[int]:
    """Have an app crowd and return the cores that it is kept on."""
    await rig.deploy({"main.py": CROWD}, app_id)
    assert await find_cores(rig, app_id) == {frozenset(CORES)}
    assert (await rig.get("/crowd", app_id)).status_code == 200
    await until(lambda: is_kept(rig, app_id))
    (kept,) = await find_cores(rig, app_id)
    return kept


async def is_kept(rig: Rig, app_id: str) -> bool:
    return {len(cores) for cores in await find_cores(rig, app_id)} == {1}


async def is_free(rig: Rig, app_id: str) -> bool:
    return await find_cores(rig, app_id) == {frozenset(CORES)}


def list_said(rig: Rig, app_id: str) -> list[str]:
    """Return what its builder was told of an app's cores."""
    return [line["text"] for line in rig.client.lines(app_id) if line["stream"] == "system" and " core" in line["text"]]


async def test_its_builder_is_told_when_an_app_is_kept_and_when_it_is_free_again(placing_rig: Rig) -> None:
    rig = placing_rig
    await rig.deploy(hello("here"), "neighbour")
    await crowd(rig, "told")
    await until(lambda: list_said(rig, "told"))
    assert (await rig.get("/rest", "told")).status_code == 200
    await until(lambda: "every core" in list_said(rig, "told")[-1])
    # Where the machine is busy it may look quiet meanwhile: then each change is told.
    said = ["kept" if "runs on one core" in text else "free" for text in list_said(rig, "told")]
    assert said == ["kept", "free"] * (len(said) // 2)
    assert list_said(rig, "neighbour") == []


async def test_a_crowd_is_kept_on_one_core_until_it_is_quiet_and_its_neighbour_is_not(placing_rig: Rig) -> None:
    rig = placing_rig
    await rig.deploy(hello("here"), "neighbour")
    await crowd(rig, "crowd")
    assert await is_free(rig, "neighbour")
    await until(lambda: count_last(rig) == 1)
    # Kept as long as it crowds, though on one core nothing stops it any more; of two nothing might at all.
    await crowd(rig, "later")
    # Where others are at work too, it may look quiet for a while: then it is kept again.
    await until(lambda: is_kept(rig, "crowd"))
    assert (await rig.get("/rest", "crowd")).status_code == 200
    await until(lambda: is_free(rig, "crowd"))
    await until(lambda: is_kept(rig, "later"))
    assert await is_free(rig, "neighbour")
    await until(lambda: count_last(rig) == 1)


def count_last(rig: Rig) -> int:
    """Count the groups that others go before, where both want the same core."""
    groups = find_groups(f"fapi-{find_zygote(rig)}-*")
    files = [group / name for group in groups for name in EVERYBODYS_WEIGHT if (group / name).exists()]
    return sum(int(file.read_text()) < EVERYBODYS_WEIGHT[file.name] for file in files)


def list_idle(rig: Rig) -> list[Path]:
    """Return the groups that run when nobody else wants to."""
    groups = find_groups(f"fapi-{find_zygote(rig)}-*")
    files = [group / "cpu.idle" for group in groups if (group / "cpu.idle").exists()]
    return [file for file in files if file.read_text().strip() == "1"]


@pytest.fixture
def busy() -> Iterator[Callable[[frozenset[int]], list[int]]]:
    """Loops of others on cores that a test names, in place of those before."""
    loops: list[subprocess.Popen[bytes]] = []

    def end() -> None:
        for loop in loops:
            loop.kill()
            loop.wait()

    def fill(cores: frozenset[int]) -> list[int]:
        end()
        if not cores:
            return []
        code = f"import os; os.sched_setaffinity(0, {set(cores)})\nwhile True: pass"
        loops.append(subprocess.Popen([sys.executable, "-c", code]))
        return [loop.pid for loop in loops]

    yield fill
    end()


def count_ticks(pids: Iterable[int]) -> int:
    return sum(read_stat(pid).cpu_ticks for pid in pids)


async def test_who_is_kept_goes_on_where_others_fill_that_core_and_is_free_once_it_rests(
    placing_rig: Rig, busy: Callable[[frozenset[int]], list[int]]
) -> None:
    rig = placing_rig
    others = busy(await crowd(rig, "crowd"))
    family = list_family((await rig.app("crowd"))["active"]["pid"])
    was, had = count_ticks(others), count_ticks(family)

    async def is_seen() -> bool:
        return count_ticks(others) - was >= 400 or not await is_kept(rig, "crowd")

    assert list_idle(rig)
    await until(is_seen, 60)
    assert count_ticks(family) - had >= 0.02 * (count_ticks(others) - was)
    busy(frozenset())
    await until(lambda: bool(list_idle(rig)), 60)  # there is enough for it again, whenever nobody else wakes
    assert (await rig.get("/rest", "crowd")).status_code == 200
    await until(lambda: is_free(rig, "crowd"))


async def test_who_waits_for_its_servers_has_all_cores_while_they_read(placing_rig: Rig) -> None:
    rig = placing_rig
    seen: set[tuple[str, frozenset[int]]] = set()
    stopped: set[str] = set()

    async def watch() -> None:
        while True:
            for pid, name in list_servers(rig).items():
                with contextlib.suppress(OSError):
                    is_stopped = hold_back(rig, pid)
                    seen.add((name, frozenset(parse_cores(Path(f"/proc/{pid}/status").read_text()))))
                    if is_stopped:
                        stopped.add(name)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    editor = await Editor.open(rig, {"main.py": READER})
    editor.open_text("main.py", READER)
    assert "get" in await editor.complete("main.py", READER.count("\n"), 4)
    watching.cancel()
    await editor.close()
    assert stopped
    assert {cores for _, cores in seen} == {frozenset(CORES)}, seen


def hold_back(rig: Rig, pid: int) -> bool:
    """Let a child have a tenth of a core, as though it had the machine to itself; returns whether it was stopped."""
    for group in find_groups(f"fapi-{find_zygote(rig)}-*"):
        if (group / "cpu.stat").exists() and str(pid) in (group / "cgroup.procs").read_text().split():
            for name, quota in {"cpu.max": "5000 50000", "cpu.cfs_quota_us": "5000"}.items():
                if (group / name).exists():
                    (group / name).write_text(quota)
            return re.search(r"^nr_throttled [1-9]", (group / "cpu.stat").read_text(), re.MULTILINE) is not None
    return False


class Stopped:
    """A child whose group is stopped before every look, in files as the kernel has them."""

    def __init__(self, folder: Path) -> None:
        self.group = (folder,)
        self._stops = 0
        folder.mkdir()
        (folder / "cpuset.cpus").write_text("")
        (folder / "cgroup.threads").write_text("")

    def is_kept_after(self, look: Callable[[], None]) -> bool:
        """Say whether it has one core once it was stopped and looked at."""
        self._stops += 1
        (self.group[0] / "cpu.stat").write_text(f"nr_periods {20 * self._stops}\nnr_throttled {self._stops}\n")
        look()
        return (self.group[0] / "cpuset.cpus").read_text() in map(str, CORES)


@pytest.mark.skipif(len(CORES) == 1, reason="this machine has one core")
def test_who_serves_is_kept_at_once_and_who_does_not_when_it_goes_on(tmp_path: Path) -> None:
    elbowroom, told = Elbowroom(), list[bool]()
    app, server = Stopped(tmp_path / "app"), Stopped(tmp_path / "server")
    assert app.is_kept_after(lambda: elbowroom.look([app], {app: told.append}))
    kept = [server.is_kept_after(lambda: elbowroom.look([app, server], {app: told.append})) for _ in range(6)]
    assert kept == [False] * 5 + [True]
    assert told == [True, False]  # of the app alone, which was quiet meanwhile


@pytest.mark.skipif(len(CORES) == 1, reason="this machine has one core")
def test_who_serves_is_told_once_per_change_also_when_it_was_kept_before_it_served(tmp_path: Path) -> None:
    elbowroom, app, told = Elbowroom(), Stopped(tmp_path / "app"), list[bool]()
    for _ in range(6):
        app.is_kept_after(lambda: elbowroom.look([app], {}))
    for _ in range(2):
        elbowroom.look([app], {app: told.append})
    assert told == [True]
    for _ in range(6):
        elbowroom.look([app], {app: told.append})
    assert told == [True, False]


@pytest.mark.skipif(len(CORES) == 1, reason="this machine has one core")
def test_where_no_group_can_be_idle_who_is_kept_has_a_tenth_of_a_share_at_once(tmp_path: Path) -> None:
    elbowroom, app, told = Elbowroom(), Stopped(tmp_path / "app"), list[bool]()
    (app.group[0] / "cpu.idle").mkdir()  # it cannot be written, as where the kernel has none
    (app.group[0] / "cpu.shares").write_text("1024")
    assert app.is_kept_after(lambda: elbowroom.look([app], {app: told.append}))
    assert (app.group[0] / "cpu.shares").read_text() == "102"


async def test_crowds_share_half_of_the_cores_at_most(placing_rig: Rig) -> None:
    kept = [await crowd(placing_rig, f"crowd-{number}") for number in range(2)]
    assert len(frozenset.union(*kept)) == min(2, len(CORES) // 2)


@pytest.mark.parametrize("end", ["shutdown", "kill -9"])
async def test_no_group_is_left_when_the_runtime_ends(placing_rig: Rig, end: str) -> None:
    rig = placing_rig
    await crowd(rig, "crowd")
    name = f"fapi-{find_zygote(rig)}-*"
    assert list(find_groups(name))
    await (rig.close() if end == "shutdown" else rig.kill())
    await until(lambda: not list(find_groups(name)))


def find_groups(name: str) -> list[Path]:
    # Other than a glob, it goes on where a group of somebody else's ends meanwhile.
    return [Path(parent, folder) for parent, folders, _ in os.walk(CGROUPS) for folder in fnmatch.filter(folders, name)]
