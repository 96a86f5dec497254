"""What an app's unix socket does on a machine, its TCP port does in a pod."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest
import websockets
from client import Client, Json, Refused
from pods import HOST, Pod
from rig import hello, is_alive, read_case, until

from fapi_runner.agent.pod.health import VISITORS
from fapi_runner.agent.procfs import read_stat

pytestmark = pytest.mark.anyio
SWAPS = 10


async def ask_on(pod: Pod, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nhost: app\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(next(int(row.split(b":")[1]) for row in head.lower().split(b"\r\n") if b"length" in row))
    return head


async def connect(pod: Pod) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(HOST, pod.ready["ports"]["app"])


async def phase_of(pod: Pod) -> tuple[str, str | None]:
    app = await pod.app()
    return app["phase"], app.get("asleep")


async def until_phase(pod: Pod, *wanted: str | None) -> None:
    async def is_there() -> bool:
        return await phase_of(pod) == wanted

    await until(is_there)


async def test_no_request_fails_and_no_old_answer_comes_after_activate(pod: Pod) -> None:
    await pod.deploy(hello(0))
    floor, failures, answers = 0, [], 0
    going = True

    async def call(limits: httpx.Limits) -> None:
        nonlocal answers
        async with pod.http(limits=limits) as http:
            while going:
                least = floor
                try:
                    found = (await http.get("/")).json()
                except httpx.HTTPError as error:
                    failures.append(repr(error))
                    continue
                # A connection that was open before the switch has one more answer of the former.
                if limits.max_keepalive_connections == 0 and found < least:
                    failures.append(f"{found} after {least}")
                answers += 1

    callers = [asyncio.create_task(call(httpx.Limits(max_keepalive_connections=kept))) for kept in (0, 1)]
    for number in range(1, SWAPS + 1):
        await pod.deploy(hello(number))
        floor, seen = number, answers
        await until(lambda seen=seen: answers > seen + 10)
    going = False
    await asyncio.gather(*callers)
    assert failures == []


async def test_a_former_child_is_parked_and_comes_back_by_a_rollback(pod: Pod) -> None:
    first = await pod.deploy(hello("first"))
    child = (await pod.app())["active"]["pid"]
    await pod.deploy(hello("second"))
    await pod.client.event("app", lambda app: "parked" in app)
    assert read_stat(child).state == "T"
    await pod.client.call("rollback", appId="app", generation=next(pod.generations))
    app = await pod.app()
    assert (app["active"]["pid"], app["active"]["generation"]) == (child, first["generation"])
    assert (await pod.get()).json() == "first"


async def test_an_idle_app_is_frozen_ended_and_woken_by_the_next_connection(pod: Pod) -> None:
    await pod.deploy(read_case("rest"), idleFreezeS=0.3)
    born = (await pod.get()).json()
    child = (await pod.app())["active"]["pid"]
    await until_phase(pod, "asleep", "frozen")
    assert read_stat(child).state == "T"
    assert (await pod.get()).json() == born
    await until_phase(pod, "asleep", "frozen")
    await pod.client.call("policy", appId="app", idleStopS=0.3)
    assert (await pod.get()).json() == born
    await until_phase(pod, "asleep", "gone")
    await until(lambda: not is_alive(child))
    answers = await asyncio.gather(*(pod.get() for _ in range(20)))
    assert len({answer.json() for answer in answers} - {born}) == 1


async def test_an_open_connection_keeps_it_awake_and_an_outbound_one_is_told_apart(pod: Pod) -> None:
    await pod.deploy(read_case("rest"))
    reader, writer = await connect(pod)
    assert b"200 OK" in await ask_on(pod, reader, writer)
    with pytest.raises(Refused, match=r"busy.*it has open connections\."):
        await pod.client.call("freeze", appId="app", generation=next(pod.generations))
    writer.close()
    assert (await pod.get("/connect")).status_code == 200
    with pytest.raises(Refused, match=r"busy.*it has outbound connections\."):
        await until(lambda: pod.client.call("freeze", appId="app", generation=next(pod.generations)))


async def test_a_client_that_only_connected_keeps_it_awake(pod: Pod) -> None:
    await pod.deploy(hello("here"))
    _, writer = await connect(pod)
    with pytest.raises(Refused, match=r"busy.*open connections"):
        await pod.client.call("freeze", appId="app", generation=next(pod.generations))
    writer.close()

    async def is_frozen() -> bool:
        with contextlib.suppress(Refused):
            await pod.client.call("freeze", appId="app", generation=next(pod.generations))
        return await phase_of(pod) == ("asleep", "frozen")

    await until(is_frozen)
    assert (await pod.get()).json() == "here"


async def test_who_waits_during_an_exclusive_swap_is_answered_by_the_new_one(pod: Pod) -> None:
    await pod.deploy(hello("old"))
    prepared = await pod.prepare(hello("new"), exclusive=True)
    switching = asyncio.create_task(pod.client.call("activate", **prepared["key"], exclusive=True))
    answers = []
    while not switching.done():
        answers.append((await pod.get()).json())
    await switching
    assert (await pod.get()).json() == "new"
    assert "".join(answer[0] for answer in answers).strip("on") == ""
    assert sorted(answers, reverse=True) == answers


async def test_websockets_and_the_route_that_gateways_are_told(pod: Pod) -> None:
    await pod.deploy(read_case("rest"))
    async with websockets.connect(f"ws://{HOST}:{pod.ready['ports']['app']}/ws") as ws:
        await ws.send("one")
        assert await ws.recv() == "echo one"
    gateway: Client = await pod.connect("controller", epoch=1)
    await gateway.call("watchRoutes")
    table: Json = await gateway.event("routes")
    assert [route["socket"] for route in table["routes"]] == [f"{HOST}:{pod.ready['ports']['app']}"]
    await gateway.close()


async def test_a_crashed_app_comes_back_and_ready_says_how_it_is(pod: Pod) -> None:
    assert await pod.health("/livez") == 200
    await until_ready(pod, 200)  # of the pool, once its blanks are there
    prepared = await pod.prepare(read_case("crash"))
    await until_ready(pod, 503)
    await pod.client.call("activate", **prepared["key"])
    assert await pod.health("/readyz") == 200
    child = (await pod.app())["active"]["pid"]
    with contextlib.suppress(httpx.HTTPError):
        await pod.get("/exit")
    await until(lambda: not is_alive(child))
    await pod.client.event("app", lambda app: app["restarts"] > 0 and app["phase"] == "running")
    await until_ready(pod, 200)
    await pod.client.call("stop", appId="app", generation=next(pod.generations))
    assert await pod.health("/readyz") == 503
    await pod.client.call("remove", appId="app", generation=next(pod.generations))
    assert await pod.health("/readyz") == 503
    assert await pod.health("/livez") == 200


async def test_a_sleeping_app_is_ready_and_sleeps_on(pod: Pod) -> None:
    await pod.deploy(hello("here"))
    for way, depth in (("freeze", "frozen"), ("sleep", "gone")):
        await pod.client.call(way, appId="app", generation=next(pod.generations))
        for _ in range(3):
            assert await pod.health("/readyz") == 200
        assert await phase_of(pod) == ("asleep", depth)


async def test_being_asked_for_its_health_again_and_again_keeps_nobody_awake(pod: Pod) -> None:
    await pod.deploy(hello("here"), idleFreezeS=0.5)
    asleep = asyncio.create_task(until_phase(pod, "asleep", "frozen"))
    while not asleep.done():
        assert await pod.health("/readyz") == 200
    await asleep


async def test_an_app_whose_loop_is_blocked_is_not_ready(pod: Pod) -> None:
    blocks = (
        "import time\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\nasync def root(): time.sleep(60)\n"
    )
    await pod.deploy({"main.py": blocks})
    asking = asyncio.create_task(pod.get())
    await until_ready(pod, 503)
    assert await pod.health("/livez") == 200
    await pod.client.call("remove", appId="app", generation=next(pod.generations))
    with pytest.raises(httpx.HTTPError):
        await asking


async def until_ready(pod: Pod, status: int) -> None:
    async def is_so() -> bool:
        return await pod.health("/readyz") == status

    await until(is_so)


async def test_the_health_port_answers_however_many_say_nothing_to_it(pod: Pod) -> None:
    port = pod.ready["ports"]["health"]
    silent = [await asyncio.open_connection(HOST, port) for _ in range(VISITORS * 3)]
    assert await pod.health("/livez") == 200
    for reader, writer in silent:
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /livez HTTP/1.1\r\n\r\n", b"200 OK"),
        (b"GET /livez?verbose HTTP/1.0\r\nhost: x\r\n\r\n", b"200 OK"),
        (b"GET /nowhere HTTP/1.1\r\n\r\n", b"404 Not Found"),
        (b"POST /livez HTTP/1.1\r\n\r\n", b"405 Method Not Allowed"),
        (b"nonsense\r\n\r\n", b"400 Bad Request"),
        (b"GET /livez HTTP/1.1\r\nx: " + b"x" * 8000, b"400 Bad Request"),
    ],
)
async def test_the_health_port_answers_each_with_a_status_and_a_close(pod: Pod, sent: bytes, status: bytes) -> None:
    reader, writer = await asyncio.open_connection(HOST, pod.ready["ports"]["health"])
    writer.write(sent)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in head
    writer.close()
