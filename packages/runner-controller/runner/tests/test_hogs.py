"""Apps that take all they can get: each is held, the neighbour goes on answering, and nothing is left afterwards."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from agents import list_kinds
from rig import is_alive, until
from world import World, name_missing, open_world

pytestmark = pytest.mark.anyio
HOGS = Path(__file__).parent / "hogs"
CASES = sorted(path.stem for path in HOGS.glob("*.py"))
# Where nothing but a name can be told apart, these are held by the layer named; all others by the base ones.
HELD_BY = {
    "fork_bomb": {"namespaces", "own-uid"},
    "fork_bomb_adopted": {"namespaces", "own-uid"},
    "thread_bomb": {"namespaces", "own-uid"},
    "tmp_filler": {"read-only-root"},
}
# What its builder reads in the app's log. All others end by an exception of the app's own, at its line.
# Refused or ended, as the folder is held: both say what is allowed.
FILLED = "allowed are 48 MiB"
STALLED = "in flight. It is held in attack.py, line"
NAMED = {
    **dict.fromkeys(("deep_filler", "disk_filler", "disk_filler_mapped", "file_filler"), FILLED),
    "endless_number": f"{STALLED} 3.",
    "endless_pattern": f"{STALLED} 5.",
    "busy_loops": "it runs on one core",
    "descriptor_leak": "files and connections open of",
    "exits": "The process ended itself with code 0",
}
# What the others are refused with, beside what they say themselves once they have done what they came for.
RAISED = {
    "deep_folders": "RecursionError: deep enough",
    "fork_bomb": "BlockingIOError: [Errno 11]",
    "fork_bomb_adopted": "BlockingIOError: [Errno 11]",
    "link_traps": "PermissionError: laid",
    "memory_hog": "MemoryError: ",
    "memory_hog_forked": "MemoryError: one was ended",
    "one_large_file": "OSError: [Errno 27]",
    "thread_bomb": "RuntimeError: can't start new thread",
    "tmp_filler": "OSError: [Errno 28]",
}
# Where the kernel ends the whole family, and not one of it.
ENDED = {"memory_hog_forked": "it ran out of memory"}
HANGS = ("endless_number", "endless_pattern")
LIMIT_MEBIBYTES = 48


@pytest.fixture(scope="module", params=list_kinds(), ids=str)
async def world(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[World]:
    async with open_world(request.param, "--folder-mebibytes", str(LIMIT_MEBIBYTES)) as world:
        yield world


def test_each_hog_is_named_somehow() -> None:
    assert sorted([*NAMED, *RAISED]) == CASES


def can_place(world: World) -> bool:
    """Say whether the agent can choose the cores of its children."""
    layers = world.rig.client.hello["isolation"]["layers"]
    cgroup = next(layer for layer in layers if layer["name"] == "cgroup")
    return cgroup["active"] and "reason" not in cgroup and len(os.sched_getaffinity(0)) > 1


def read_notices(world: World, seen: int) -> str:
    """Return what the runner itself wrote into the attacker's log since it had so many lines."""
    return "\n".join(line["text"] for line in world.rig.client.lines("attack")[seen:] if line["stream"] == "system")


@pytest.mark.parametrize("case", CASES)
async def test_a_hog_is_held(world: World, case: str) -> None:
    if case in HELD_BY and not world.layers & HELD_BY[case]:
        pytest.skip(f"{name_missing(HELD_BY[case])} would hold it")
    seen = len(world.rig.client.lines("attack"))
    files: dict[str, str | bytes] = {"attack.py": (HOGS / f"{case}.py").read_bytes()}
    try:
        answer = await world.attack(files, timeout=1 if case in HANGS else 30)
        assert "refused" in answer, answer
        assert answer["refused"].startswith(RAISED.get(case, "")), answer
        notice = NAMED.get(case)
    except httpx.HTTPError:
        # It ended or hangs.
        notice = NAMED.get(case) or ENDED[case]
    await world.check()
    if notice and (case != "busy_loops" or can_place(world)):
        await until(lambda: notice in read_notices(world, seen), 20)
    pids = [int(path.name) for path in (world.rig.state / "children").iterdir()]
    await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))
    await until(lambda: [pid for pid in pids if is_alive(pid)] == [world.neighbour])
    assert not (world.rig.state / "apps" / "attack").exists()
    await world.check()
