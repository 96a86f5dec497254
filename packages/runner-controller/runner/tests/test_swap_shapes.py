from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
import websockets
from callers import Caller
from client import Refused
from rig import Rig, read_case, until

from fapi_runner.agent.serving.seat import DRAIN_S

pytestmark = pytest.mark.anyio
SWAPS = 30
SHAPES = ["keepalive", "close", "paced", "slow", "upload", "stream", "sse", "websocket"]


def version(word: str) -> dict[str, str | bytes]:
    return {"main.py": read_case("shapes")["main.py"].replace(b"WORD", word.encode())}


OWNER = """import fcntl
from contextlib import asynccontextmanager

from shapes import app


@asynccontextmanager
async def lifespan(app):
    # Two cannot own this at once: a second start would fail.
    with open("owned.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


app.router.lifespan_context = lifespan
"""


def owner(word: str) -> dict[str, str | bytes]:
    return {"main.py": OWNER, "shapes.py": version(word)["main.py"]}


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
        await rig.deploy(version(str(number)), "shapes")
        return str(number)

    await deploy(-1)
    await swap_under(rig, "shapes", [Caller(rig, "shapes", shape) for shape in SHAPES], deploy)


async def test_no_request_fails_in_30_rollbacks_to_a_former_that_drains_or_stands_frozen(rig: Rig) -> None:
    keys = [await rig.deploy(version(word), "back") for word in ("0", "1")]

    async def roll_back(number: int) -> str:
        to = keys[number % 2]["generation"]
        await rig.client.call("rollback", appId="back", generation=next(rig.generations), toGeneration=to)
        return str(number % 2)

    await swap_under(rig, "back", [Caller(rig, "back", shape) for shape in SHAPES], roll_back)


async def test_an_exclusive_app_is_never_two_and_refuses_nobody_meanwhile(rig: Rig) -> None:
    async def deploy(number: int) -> str:
        await rig.deploy(owner(str(number)), "owner", exclusive=True)
        return str(number)

    await deploy(-1)
    with pytest.raises(Refused, match="BlockingIOError"):
        await rig.deploy(owner("shared"), "owner")
    await swap_under(rig, "owner", [Caller(rig, "owner", shape) for shape in SHAPES], deploy)


@pytest.mark.slow
@pytest.mark.parametrize("exclusive", [False, True])
async def test_a_websocket_goes_on_through_the_drain_and_is_closed_with_1012_at_its_end(
    rig: Rig, exclusive: bool
) -> None:
    app_id = f"long-{exclusive}".lower()
    await rig.deploy(version("old"), app_id)
    async with websockets.unix_connect(rig.socket(app_id), "ws://app/ws") as socket:
        began_at = time.monotonic()
        deploying = asyncio.create_task(rig.deploy(version("new"), app_id, exclusive=exclusive))
        if not exclusive:
            await deploying
            assert (await rig.get("/", app_id)).json() == "new"
        await socket.send("here")
        assert await socket.recv() == "echo here"
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await asyncio.wait_for(socket.recv(), DRAIN_S + 10)
        lasted_s = time.monotonic() - began_at
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert DRAIN_S <= lasted_s < DRAIN_S + 5
    await deploying
    assert (await rig.get("/", app_id)).json() == "new"


async def test_exclusive_may_be_said_with_the_activation(rig: Rig) -> None:
    await rig.deploy(owner("one"), "said")
    prepared = await rig.prepare(owner("two"), "said")
    await rig.client.call("activate", **prepared["key"], exclusive=True)
    assert (await rig.get("/", "said")).json() == "two"


async def test_an_exclusive_app_whose_next_one_fails_is_there_again(rig: Rig) -> None:
    await rig.deploy(owner("good"), "fails", exclusive=True)
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
    await rig.deploy(owner("one"), "parks", exclusive=True)
    pid = (await rig.app("parks"))["active"]["pid"]
    await rig.deploy(owner("two"), "parks", exclusive=True)
    await until(lambda: not (rig.state / "children" / str(pid)).exists())
    await rig.client.call("rollback", appId="parks", generation=next(rig.generations))
    assert (await rig.get("/", "parks")).json() == "one"
