"""Apps that take all they can get: each is held, the neighbour goes on answering, and nothing is left afterwards."""

from __future__ import annotations

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
HANGS = ("endless_number", "endless_pattern")
LIMIT_MEBIBYTES = 48


@pytest.fixture(scope="module", params=list_kinds(), ids=str)
async def world(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[World]:
    async with open_world(request.param, "--folder-mebibytes", str(LIMIT_MEBIBYTES)) as world:
        yield world


@pytest.mark.parametrize("case", CASES)
async def test_a_hog_is_held(world: World, case: str) -> None:
    if case in HELD_BY and not world.layers & HELD_BY[case]:
        pytest.skip(f"{name_missing(HELD_BY[case])} would hold it")
    files: dict[str, str | bytes] = {"attack.py": (HOGS / f"{case}.py").read_bytes()}
    try:
        answer = await world.attack(files, timeout=1 if case in HANGS else 30)
        assert "refused" in answer, answer
    except httpx.HTTPError:
        pass  # it ended or hangs; what matters is the world outside
    await world.check()
    pids = [int(path.name) for path in (world.rig.state / "children").iterdir()]
    await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))
    await until(lambda: [pid for pid in pids if is_alive(pid)] == [world.neighbour])
    assert not (world.rig.state / "apps" / "attack").exists()
    await world.check()
