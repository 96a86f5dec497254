from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from callers import Caller
from client import Refused
from rig import Rig, read_case, until

pytestmark = pytest.mark.anyio
SWAPS = 30
SHAPES = ["keepalive", "close", "paced", "slow", "upload", "stream", "sse", "websocket"]


def version(case: str, word: str) -> dict[str, str | bytes]:
    return {"main.py": read_case(case)["main.py"].replace(b"WORD", word.encode())}


async def swap_under(rig: Rig, app_id: str, callers: list[Caller], swap: Callable[[int], Awaitable[str]]) -> None:
    """Swap again and again while the callers call; nobody may notice but by the answer."""
    running = [asyncio.create_task(caller.run()) for caller in callers]
    for number in range(SWAPS):
        wanted = await swap(number)
        assert (await rig.get("/", app_id)).json() == wanted
    for caller in callers:
        caller.stop()
    await asyncio.gather(*running)
    assert {caller.shape: caller.failures for caller in callers if caller.failures} == {}
    assert [caller.shape for caller in callers if not caller.answered] == []


async def test_no_request_of_any_shape_fails_in_30_swaps(rig: Rig) -> None:
    async def deploy(number: int) -> str:
        await rig.deploy(version("shapes", str(number)), "shapes")
        return str(number)

    await deploy(-1)
    await swap_under(rig, "shapes", [Caller(rig, "shapes", shape) for shape in SHAPES], deploy)


async def test_no_request_fails_in_30_rollbacks_to_a_former_that_drains_or_stands_frozen(rig: Rig) -> None:
    keys = [await rig.deploy(version("shapes", word), "back") for word in ("0", "1")]

    async def roll_back(number: int) -> str:
        to = keys[number % 2]["generation"]
        await rig.client.call("rollback", appId="back", generation=next(rig.generations), toGeneration=to)
        return str(number % 2)

    callers = [Caller(rig, "back", shape) for shape in ("keepalive", "close", "slow")]
    await swap_under(rig, "back", callers, roll_back)


async def test_an_exclusive_app_is_never_two_and_refuses_nobody_meanwhile(rig: Rig) -> None:
    async def deploy(number: int) -> str:
        await rig.deploy(version("owner", str(number)), "owner", exclusive=True)
        return str(number)

    await deploy(-1)
    with pytest.raises(Refused, match="BlockingIOError"):
        await rig.deploy(version("owner", "shared"), "owner")
    await swap_under(rig, "owner", [Caller(rig, "owner", "keepalive"), Caller(rig, "owner", "close")], deploy)


async def test_exclusive_may_be_said_with_the_activation(rig: Rig) -> None:
    await rig.deploy(version("owner", "one"), "said")
    prepared = await rig.prepare(version("owner", "two"), "said")
    await rig.client.call("activate", **prepared["key"], exclusive=True)
    assert (await rig.get("/", "said")).json() == "two"


async def test_an_exclusive_app_whose_next_one_fails_is_there_again(rig: Rig) -> None:
    await rig.deploy(version("owner", "good"), "fails", exclusive=True)
    with pytest.raises(Refused, match="failed"):
        await rig.deploy(read_case("fail_lifespan"), "fails", exclusive=True)
    assert (await rig.get("/", "fails")).json() == "good"
    app = await rig.app("fails")
    assert app["failure"]["report"]["type"] == "ConnectionError"


MOODY = """\
import os
from fastapi import FastAPI
if os.path.exists("broken"):
    raise RuntimeError("broken meanwhile")
app = FastAPI()
@app.get("/")
def root(): return "good"
"""


async def test_an_exclusive_app_that_cannot_come_back_at_once_is_started_until_it_does(rig: Rig) -> None:
    await rig.deploy({"main.py": MOODY}, "moody", exclusive=True)
    prepared = await rig.prepare(read_case("fail_lifespan"), "moody", exclusive=True)
    broken = rig.state / "apps" / "moody" / "broken"
    broken.touch()
    with pytest.raises(Refused, match="does not answer"):
        await rig.client.call("activate", **prepared["key"])
    await rig.client.event("app", lambda app: app["appId"] == "moody" and app["phase"] == "crashed")
    broken.unlink()
    assert (await rig.get("/", "moody")).json() == "good"


async def test_an_exclusive_app_is_not_parked(rig: Rig) -> None:
    await rig.deploy(version("owner", "one"), "parks", exclusive=True)
    pid = (await rig.app("parks"))["active"]["pid"]
    await rig.deploy(version("owner", "two"), "parks", exclusive=True)
    await until(lambda: not (rig.state / "children" / str(pid)).exists())
    await rig.client.call("rollback", appId="parks", generation=next(rig.generations))
    assert (await rig.get("/", "parks")).json() == "one"
