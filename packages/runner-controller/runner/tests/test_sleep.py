from __future__ import annotations

import asyncio

import pytest
import websockets
from client import Client, Json, Refused
from rig import Rig, hello, is_alive, read_case, until

from fapi_runner.agent.procfs import read_stat

pytestmark = pytest.mark.anyio
NEVER = 3600
SLOW_START = {
    "main.py": b"""\
import asyncio, contextlib
from fastapi import FastAPI
@contextlib.asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(0.3)
    yield
app = FastAPI(lifespan=lifespan)
@app.get("/")
def root(): return "up"
"""
}


async def state_of(rig: Rig, app_id: str) -> tuple[str, str | None]:
    app = await rig.app(app_id)
    return app["phase"], app.get("asleep")


async def until_asleep(rig: Rig, app_id: str, depth: str) -> None:
    async def is_asleep() -> bool:
        return await state_of(rig, app_id) == ("asleep", depth)

    await until(is_asleep)


async def test_an_idle_app_is_frozen_and_the_next_connection_wakes_it(rig: Rig) -> None:
    await rig.deploy(read_case("rest"), "frozen", idleFreezeS=0.3)
    born = (await rig.get("/", "frozen")).json()
    pid = (await rig.app("frozen"))["active"]["pid"]
    await until_asleep(rig, "frozen", "frozen")
    assert read_stat(pid).state == "T"
    assert (await rig.app("frozen"))["active"]["pid"] == pid
    for _ in range(3):
        assert (await rig.get("/", "frozen")).json() == born
        assert await state_of(rig, "frozen") == ("running", None)
        await until_asleep(rig, "frozen", "frozen")


async def test_an_idle_app_is_ended_and_the_next_connection_starts_it(rig: Rig) -> None:
    await rig.deploy(read_case("rest"), "gone", idleFreezeS=0.2, idleStopS=0.6)
    born = (await rig.get("/", "gone")).json()
    pid = (await rig.app("gone"))["active"]["pid"]
    await until_asleep(rig, "gone", "gone")
    await until(lambda: not is_alive(pid))
    app = await rig.app("gone")
    assert "active" not in app
    answers = await asyncio.gather(*(rig.get("/", "gone") for _ in range(30)))
    starts = {answer.json() for answer in answers}
    assert len(starts) == 1
    assert born not in starts
    assert (await rig.app("gone"))["restarts"] == 0


async def test_a_gateway_is_told_how_deep_it_sleeps_that_it_wakes_and_that_it_runs(rig: Rig) -> None:
    await rig.deploy(SLOW_START, "told")
    gateway = await Client.connect(rig.state / "agent.sock", "gateway")
    await gateway.call("watchRoutes")

    last = 0

    async def told(phase: str) -> Json:
        nonlocal last

        def find(table: Json) -> Json | None:
            rows = (row for row in table["routes"] if row["appId"] == "told" and row["phase"] == phase)
            return next(rows, None) if table["version"] > last else None

        table = await gateway.event("routes", lambda table: find(table) is not None)
        row = find(table)
        last = table["version"]
        assert row is not None
        return row

    awake = await told("running")
    await rig.client.call("freeze", appId="told", generation=next(rig.generations))
    assert await told("frozen") == awake | {"phase": "frozen"}
    assert (await rig.get("/", "told")).status_code == 200
    assert await told("running") == awake
    await rig.client.call("sleep", appId="told", generation=next(rig.generations))
    assert await told("gone") == awake | {"phase": "gone"}
    asking = asyncio.create_task(rig.get("/", "told"))
    assert await told("waking") == awake | {"phase": "waking"}
    assert await told("running") == awake
    assert (await asking).status_code == 200
    await gateway.close()


async def test_streams_and_websockets_keep_an_app_awake(rig: Rig) -> None:
    await rig.deploy(read_case("rest"), "awake")
    async with rig.http("awake") as http, http.stream("GET", "/events") as stream:
        parts = stream.aiter_text()
        await anext(parts)
        async with websockets.unix_connect(rig.socket("awake"), "ws://app/ws") as ws:
            await rig.client.call("policy", appId="awake", idleFreezeS=0.2)
            for _ in range(20):  # a second of events, five times the limit
                await anext(parts)
            await ws.send("one")
            assert await ws.recv() == "echo one"
            with pytest.raises(Refused, match=r"busy.*open connections"):
                await rig.client.call("freeze", appId="awake", generation=next(rig.generations))
        (rig.state / "apps" / "awake" / "done").touch()
        async for _ in parts:
            pass
    await until_asleep(rig, "awake", "frozen")


async def test_our_own_probe_is_no_traffic(rig: Rig) -> None:
    await rig.deploy(hello("probed"), "probed", idleFreezeS=0.5)
    asleep = asyncio.create_task(until_asleep(rig, "probed", "frozen"))
    while not asleep.done():
        answer = await rig.get("/.fapi/identity?nonce=0123456789abcdef", "probed")
        assert answer.status_code == 200
        await asyncio.sleep(0.05)
    await asleep


async def test_no_connection_is_lost_however_often_it_is_frozen_meanwhile(rig: Rig) -> None:
    await rig.deploy(hello("here"), "often")
    asking = asyncio.create_task(ask_often(rig, "often", 300))
    frozen = 0
    refusals: set[str] = set()
    while not asking.done():
        try:
            await rig.client.call("freeze", appId="often", generation=next(rig.generations))
            frozen += 1
        except Refused as refused:
            refusals.add(refused.code)
    assert await asking == 300
    assert frozen > 0
    assert refusals <= {"busy"}


async def ask_often(rig: Rig, app_id: str, times: int) -> int:
    answers = 0
    for _ in range(times):
        reader, writer = await asyncio.open_unix_connection(rig.socket(app_id))
        writer.write(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        answers += (await asyncio.wait_for(reader.read(), 5)).endswith(b'"here"')
        writer.close()
        await asyncio.sleep(0.005)  # a pace that leaves gaps to freeze in
    return answers


async def test_a_pooled_idle_connection_is_not_cut_it_keeps_the_app_awake(rig: Rig) -> None:
    await rig.deploy(read_case("rest"), "pooled", idleFreezeS=0.1)
    async with rig.http("pooled") as http:
        born = (await http.get("/")).json()
        with pytest.raises(Refused, match="open connections"):
            await rig.client.call("freeze", appId="pooled", generation=next(rig.generations))
        assert (await http.get("/")).json() == born
    await until_asleep(rig, "pooled", "frozen")


async def test_an_app_with_an_open_outbound_connection_is_not_frozen_yet_may_be_ended(rig: Rig) -> None:
    await rig.deploy(read_case("rest"), "outbound")
    assert (await rig.get("/connect", "outbound")).status_code == 200
    with pytest.raises(Refused, match=r"busy.*outbound connections"):
        await rig.client.call("freeze", appId="outbound", generation=next(rig.generations))
    assert await state_of(rig, "outbound") == ("running", None)
    await rig.client.call("sleep", appId="outbound", generation=next(rig.generations))
    assert await state_of(rig, "outbound") == ("asleep", "gone")


@pytest.mark.parametrize("way", ["freeze", "sleep"])
async def test_wake_has_it_serve_without_a_request(rig: Rig, way: str) -> None:
    await rig.deploy(read_case("rest"), way, idleFreezeS=NEVER)
    for _ in range(2):
        await rig.client.call(way, appId=way, generation=next(rig.generations))
        assert (await state_of(rig, way))[0] == "asleep"
        await rig.client.call("wake", appId=way, generation=next(rig.generations))
        assert await state_of(rig, way) == ("running", None)
    assert (await rig.get("/", way)).status_code == 200


@pytest.mark.parametrize("way", ["freeze", "sleep"])
async def test_a_deploy_and_a_stop_end_the_sleep(rig: Rig, way: str) -> None:
    app_id = f"deploy-{way}"
    await rig.deploy(hello("old"), app_id)
    await rig.client.call(way, appId=app_id, generation=next(rig.generations))
    await rig.deploy(hello("new"), app_id)
    assert (await rig.get("/", app_id)).json() == "new"
    await rig.client.call(way, appId=app_id, generation=next(rig.generations))
    await rig.client.call("stop", appId=app_id, generation=next(rig.generations))
    assert await state_of(rig, app_id) == ("stopped", None)
    _, writer = await asyncio.open_unix_connection(rig.socket(app_id))
    writer.write(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    await rig.client.call("status")
    assert await state_of(rig, app_id) == ("stopped", None)
    writer.close()


@pytest.mark.parametrize("way", ["freeze", "sleep"])
async def test_a_failed_deploy_leaves_it_asleep_or_awake_but_answering(rig: Rig, way: str) -> None:
    app_id = f"failed-{way}"
    await rig.deploy(hello("old"), app_id)
    await rig.client.call(way, appId=app_id, generation=next(rig.generations))
    with pytest.raises(Refused, match="failed"):
        await rig.deploy(read_case("fail_lifespan"), app_id)
    assert (await rig.get("/", app_id)).json() == "old"


FAILS_LATER = """\
import os
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
def root(): return "up"
if os.path.exists("broken"):
    raise RuntimeError("broken meanwhile")
"""


async def test_who_waits_is_answered_once_a_start_succeeds(rig: Rig) -> None:
    await rig.deploy({"main.py": FAILS_LATER}, "broken")
    broken = rig.state / "apps" / "broken" / "broken"
    broken.touch()
    await rig.client.call("sleep", appId="broken", generation=next(rig.generations))
    waiting = asyncio.create_task(rig.get("/", "broken"))
    app = await rig.client.event("app", lambda app: app["appId"] == "broken" and "failure" in app)
    assert app["failure"]["report"]["message"] == "broken meanwhile"
    app = await rig.client.event("app", lambda app: app["appId"] == "broken" and app["phase"] == "crashed")
    assert "asleep" not in app
    broken.unlink()
    assert (await waiting).json() == "up"


async def test_a_new_agent_lets_it_sleep_and_wakes_it(own_rig: Rig) -> None:
    key = await own_rig.deploy(hello("kept"), idleFreezeS=NEVER, idleStopS=NEVER)
    await own_rig.client.call("sleep", appId="app", generation=next(own_rig.generations))
    await own_rig.kill()
    await own_rig.boot()
    assert await state_of(own_rig, "app") == ("asleep", "gone")
    assert (await own_rig.get("/")).json() == "kept"
    assert (await own_rig.app())["active"]["digest"] == key["digest"]


SLOW_AGAIN = """
import os, time
from fastapi import FastAPI
if os.path.exists("again"):
    print("importing again", flush=True)
    time.sleep(1)
open("again", "w").close()
app = FastAPI()

@app.get("/")
def root():
    return "old"
"""


async def test_a_wake_that_comes_late_does_not_take_the_place_of_a_newer_deploy(rig: Rig) -> None:
    await rig.deploy({"main.py": SLOW_AGAIN}, "late")
    await rig.client.call("sleep", appId="late", generation=next(rig.generations))
    waking = asyncio.create_task(rig.client.call("wake", appId="late", generation=next(rig.generations)))
    await rig.client.event("log", lambda log: any(line["text"] == "importing again" for line in log["lines"]))
    newer = await rig.deploy(hello("new"), "late")
    await waking
    app = await rig.app("late")
    assert (app["phase"], app["active"]["generation"]) == ("running", newer["generation"])
    assert (await rig.get("/", "late")).json() == "new"


async def test_a_wake_whose_start_is_stopped_is_answered(rig: Rig) -> None:
    await rig.deploy({"main.py": SLOW_AGAIN}, "stopped")
    await rig.client.call("sleep", appId="stopped", generation=next(rig.generations))
    waking = asyncio.create_task(rig.client.call("wake", appId="stopped", generation=next(rig.generations)))
    await rig.client.event("log", lambda log: any(line["text"] == "importing again" for line in log["lines"]))
    await rig.client.call("stop", appId="stopped", generation=next(rig.generations))
    with pytest.raises(Refused, match="stale_generation"):
        await waking
