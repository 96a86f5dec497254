"""Tests and conversions take turns: who has gone, or whose app was removed, holds none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from client import Client, Refused
from rig import Rig, read_case, until

pytestmark = pytest.mark.anyio
SLEEPS: dict[str, str | bytes] = {"test_sleeps.py": "import time\n\ndef test_sleeps():\n    time.sleep(1000)\n"}


@asynccontextmanager
async def sleeping(rig: Rig, app_id: str, count: int = 1) -> AsyncIterator[tuple[Client, list[asyncio.Task[Any]]]]:
    """Have tests of these apps run or wait, for a controller of their own."""
    client = await Client.connect(rig.state / "agent.sock", epoch=1)
    asked = {"digest": await rig.put(SLEEPS), "deadlineMs": 300_000}
    runs = [asyncio.create_task(client.call("test", **asked, appId=f"{app_id}{n}")) for n in range(count)]
    try:
        await until(lambda: list((rig.state / "scratch").glob("test-*/project")))
        yield client, runs
    finally:
        await client.close()
        await asyncio.gather(*runs, return_exceptions=True)
        await until(lambda: not list((rig.state / "scratch").iterdir()))


async def is_green(rig: Rig, deadline_ms: int = 15_000) -> bool:
    params = {"digest": await rig.put(read_case("test_green")), "deadlineMs": deadline_ms, "appId": "green"}
    return bool((await rig.client.call("test", **params))["passed"] == 2)


async def test_a_run_whose_controller_has_gone_gives_its_turn_back(rig: Rig) -> None:
    async with sleeping(rig, "left", count=8) as (client, _):
        await client.close()
        assert await is_green(rig)


async def test_a_run_that_is_cancelled_gives_its_turn_back_and_others_go_on(rig: Rig) -> None:
    async with sleeping(rig, "cancelled", count=2) as (client, runs):
        # The first request of a connection is hello.
        assert await client.call("cancel", request=2) == {}
        assert await client.call("cancel", request=3) == {}
        assert await is_green(rig)
        for number in (1, 2, 1000):
            await client.call("cancel", request=number)
        assert not any(run.done() for run in runs)


async def test_only_a_number_is_cancelled(rig: Rig) -> None:
    with pytest.raises(Refused, match="bad_request"):
        await rig.client.call("cancel", request="all")


async def test_one_app_has_one_turn_and_hears_in_time_that_it_is_taken(rig: Rig) -> None:
    async with sleeping(rig, "again"):
        digest = await rig.put(read_case("test_green"))
        with pytest.raises(Refused, match=r"busy: Other tests .* none has ended within"):
            await rig.client.call("test", digest=digest, deadlineMs=1000, appId="again0")


@pytest.mark.parametrize("way", ["remove", "stop"])
async def test_what_runs_ends_with_its_app(rig: Rig, way: str) -> None:
    async with sleeping(rig, f"gone-{way}") as (_, (run,)):
        number = next(rig.generations)
        with contextlib.suppress(Refused):  # it was never deployed: there is nothing to stop
            await rig.client.call(way, appId=f"gone-{way}0", generation=number, isHidden=True)
        with pytest.raises(Refused, match="unknown_app: The app was removed meanwhile"):
            await run
        assert await is_green(rig)
