from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from rig import PACKAGE, Rig, hello, read_case, until
from websockets.asyncio.client import unix_connect

pytestmark = pytest.mark.anyio


async def read(rig: Rig, app_id: str) -> dict[str, Any]:
    return (await rig.client.call("metrics", appId=app_id))["apps"][0]


def find_route(totals: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    return next(row for row in totals["routes"] if (row.get("method"), row.get("path")) == (method, path))


async def send_raw(rig: Rig, app_id: str, request: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(rig.socket(app_id))
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def test_counts_exactly_the_requests_of_each_class_over_all_children(rig: Rig) -> None:
    keys = [await rig.deploy(read_case("counted"), "counted")]
    for _ in range(2):
        async with rig.http("counted") as http:
            for path, times in (("/ok", 7), ("/moved", 5), ("/missing", 3), ("/broken", 2), ("/nowhere", 1)):
                for _ in range(times):
                    await http.get(path)
        if len(keys) == 1:
            keys.append(await rig.deploy(read_case("counted"), "counted"))
    assert (await read(rig, "counted"))["requests"] == 36
    await until(lambda: settled(rig, "counted"))
    totals = await read(rig, "counted")
    assert totals["epoch"] == rig.ready["agentId"]
    assert totals["requests"] == 36
    assert [totals[f"status{kind}xx"] for kind in (2, 3, 4, 5)] == [14, 10, 8, 4]
    assert (totals["inFlight"], totals["openStreams"], totals["openWebSockets"]) == (0, 0, 0)
    assert totals["bytesOut"] == 2 * (7 * len('"0123456789"') + 4 * len('{"detail":"Not Found"}') + 2 * 21)
    assert totals["lastRequestAt"].endswith("Z")
    assert sum(totals["latency"]["buckets"]) == 36
    assert 0 < totals["latency"]["p50Ms"] <= totals["latency"]["p95Ms"] <= totals["latency"]["p99Ms"]
    assert find_route(totals, "GET", "/ok")["status2xx"] == 14
    assert find_route(totals, "GET", "/broken")["status5xx"] == 4
    assert [row["requests"] for row in totals["routes"] if row["match"] == "none"] == [2]
    assert [(row["generation"], row["digest"], row["requests"]) for row in totals["revisions"]] == [
        (key["generation"], key["digest"], 18) for key in reversed(keys)
    ]
    assert totals["process"]["openFiles"] > 3
    # Of who serves alone, also when all apps are asked for at once.
    [listed] = [app for app in (await rig.client.call("metrics"))["apps"] if app["appId"] == "counted"]
    assert listed["serving"] == {"generation": keys[1]["generation"], "requests": 18, "status5xx": 2}
    assert totals["process"]["residentBytes"] <= totals["process"]["peakBytes"]


async def test_counts_each_request_once_however_it_comes(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "ways")
    close = "GET /ok HTTP/1.1\r\nhost: app\r\nconnection: close\r\n\r\n"
    keep = close.replace("connection: close\r\n", "")
    assert (await send_raw(rig, "ways", keep * 4 + close)).count(b"200 OK") == 5
    for _ in range(3):
        assert b"200 OK" in await send_raw(rig, "ways", close)
    async with rig.http("ways") as http:
        assert (await http.head("/head")).status_code == 200
        assert (await http.post("/upload", content=b"x" * 100_000)).json() == 100_000
        assert (await http.post("/ok")).status_code == 405
    totals = await read(rig, "ways")
    assert totals["requests"] == 11
    assert find_route(totals, "GET", "/ok")["requests"] == 8
    assert find_route(totals, "HEAD", "/head")["requests"] == 1
    assert (totals["bytesIn"], totals["status4xx"]) == (100_000, 1)
    # The answer to HEAD has no body, whatever the app hands over.
    assert totals["bytesOut"] == 8 * 12 + len("100000") + len('{"detail":"Method Not Allowed"}')


async def test_a_route_is_named_by_its_whole_template(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "templates")
    async with rig.http("templates") as http:
        for path in ("/a/items/1", "/a/items/2", "/b/t1/items/1", "/inner/things/x", "/inner/nothing", "/docs"):
            await http.get(path)
    rows = {row.get("path"): row["requests"] for row in (await read(rig, "templates"))["routes"]}
    assert rows == {
        "/a/items/{item_id}": 2,
        "/b/{tenant}/items/{item_id}": 1,
        "/inner/things/{name}": 1,
        "/inner/{path}": 1,
        "/docs": 1,
    }


async def test_who_has_an_answer_finds_it_counted_while_its_background_task_is_in_flight(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "later")
    answer = await rig.get("/later", "later")
    totals = await read(rig, "later")
    assert answer.status_code == 200
    assert (totals["requests"], totals["status2xx"], totals["inFlight"]) == (1, 1, 1)
    (rig.state / "apps" / "later" / "done").touch()
    await until(lambda: settled(rig, "later"))
    assert (await read(rig, "later"))["requests"] == 1


async def settled(rig: Rig, app_id: str) -> bool:
    return (await read(rig, app_id))["inFlight"] == 0


async def test_open_streams_and_websockets_are_told_apart(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "open")
    async with rig.http("open") as http, http.stream("GET", "/stream") as answer:
        parts = answer.aiter_text()
        assert await anext(parts) == "first,"
        async with unix_connect(rig.socket("open"), "ws://app/ws") as ws:

            async def both_open() -> bool:
                totals = await read(rig, "open")
                return (totals["openStreams"], totals["openWebSockets"], totals["inFlight"]) == (1, 1, 2)

            await until(both_open)
            await ws.send("12345")
            assert await ws.recv() == "echo 12345"
        (rig.state / "apps" / "open" / "done").touch()
        assert await anext(parts) == "last"
    await until(lambda: settled(rig, "open"))
    totals = await read(rig, "open")
    assert (totals["requests"], totals["webSockets"]) == (1, 1)
    assert (totals["bytesIn"], totals["bytesOut"]) == (5, len("echo 12345first,last"))
    assert (totals["openStreams"], totals["openWebSockets"]) == (0, 0)


async def test_a_client_that_leaves_early_is_counted_and_no_longer_in_flight(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "abort")
    for path in ("/stream", "/slow"):
        _, writer = await asyncio.open_unix_connection(rig.socket("abort"))
        writer.write(f"GET {path} HTTP/1.1\r\nhost: app\r\n\r\n".encode())

        async def has_begun() -> bool:
            return (await read(rig, "abort"))["inFlight"] == 1

        await until(has_begun)
        writer.close()
        if path == "/slow":  # it hears nothing of it, and ends as it would have
            (rig.state / "apps" / "abort" / "done").touch()
        await until(lambda: settled(rig, "abort"))
    totals = await read(rig, "abort")
    assert (totals["requests"], totals["status2xx"]) == (2, 2)


async def test_a_child_killed_in_the_middle_leaves_its_counts_and_nothing_in_flight(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "killed")
    for _ in range(5):
        await rig.get("/ok", "killed")
    with pytest.raises(httpx.HTTPError):
        await rig.get("/kill", "killed")
    await rig.client.event("app", lambda app: app["appId"] == "killed" and app["restarts"] > 0)
    await rig.get("/ok", "killed")
    await until(lambda: settled(rig, "killed"))
    totals = await read(rig, "killed")
    assert (totals["requests"], totals["inFlight"]) == (6, 0)
    assert find_route(totals, "GET", "/ok")["requests"] == 6


MANY = """\
from fastapi import FastAPI
app = FastAPI()
for number in range(200):
    app.get(f"/route/{number}/{{x}}")(lambda x: x)
"""


async def test_the_table_of_routes_is_bounded_and_the_rest_is_still_counted(rig: Rig) -> None:
    await rig.deploy({"main.py": MANY}, "many")
    async with rig.http("many") as http:
        for number in range(200):
            await http.get(f"/route/{number}/x")
    totals = await read(rig, "many")
    assert totals["requests"] == 200
    assert sum(row["match"] == "route" for row in totals["routes"]) == 128
    assert [row["requests"] for row in totals["routes"] if row["match"] == "other"] == [72]


async def test_methods_that_a_client_makes_up_take_no_room_in_the_table(rig: Rig) -> None:
    await rig.deploy(hello("here"), "methods")
    async with rig.http("methods") as http:
        for method in ("PUT", "POST", "PROPFIND", "LOCK", "MKCOL", "PURGE"):
            assert (await http.request(method, "/")).status_code == 405
    totals = await read(rig, "methods")
    assert [(row["match"], row["requests"]) for row in totals["routes"]] == [("none", 6)]


async def test_a_child_that_scribbles_over_its_page_harms_nobody_else(rig: Rig) -> None:
    await rig.deploy(read_case("vandal"), "vandal")
    await rig.deploy(hello("here"), "neighbour")
    await rig.get("/", "neighbour")
    for byte in (0x01, 0x7F, 0xFF):
        with contextlib.suppress(httpx.HTTPError):  # its own answer may be the price
            await rig.get(f"/scribble/{byte}", "vandal")
        apps = {app["appId"]: app for app in (await rig.client.call("metrics"))["apps"]}
        assert apps["neighbour"]["requests"] == 1
        for answer in (apps["vandal"], await read(rig, "vandal")):
            assert all(number < 2**53 for number in _list_integers(answer))
        assert len((await rig.client.call("requests", appId="vandal", limit=1000))["requests"]) <= 256
    # Without its seals the page could be cut to nothing, and the next look at it would end the agent.
    await rig.deploy(read_case("vandal"), "shrinker")
    assert (await rig.get("/shrink", "shrinker")).json() > 0
    assert (await read(rig, "shrinker"))["requests"] == 1


def _list_integers(value: object) -> list[int]:
    found: list[int] = []
    json.loads(json.dumps(value), parse_int=lambda digits: found.append(int(digits)))
    return found


@pytest.mark.parametrize(("more", "said"), [((), b"alive"), (("call",), b"alive")])
async def test_counting_makes_no_system_call(more: tuple[str, ...], said: bytes) -> None:
    # Strict seccomp ends the program at the first one; the second row makes one, to see that it would.
    command = (sys.executable, str(Path(__file__).parent / "strict.py"), "5000", *more)
    process = await asyncio.create_subprocess_exec(
        *command, env={"PYTHONPATH": str(PACKAGE)}, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert output == said
