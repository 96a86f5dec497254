"""Who wants more of the processor than its share is kept on one core, and its neighbours are not."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from rig import Rig, find_zygote, hello, until

from fapi_runner.agent.disk.quota import list_family

pytestmark = pytest.mark.anyio
CORES = os.sched_getaffinity(0)
ALLOWED = re.compile(r"^Cpus_allowed_list:\s+(\S+)", re.MULTILINE)
CGROUPS = Path("/sys/fs/cgroup")

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
    """Count the groups that run when nobody else wants to."""
    groups = find_groups(f"fapi-{find_zygote(rig)}-*")
    return sum((group / "cpu.idle").read_text() == "1\n" for group in groups if (group / "cpu.idle").exists())


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
    return [path for path in CGROUPS.rglob(name) if path.is_dir()]
