"""The last requests of an app, told without a log."""

from __future__ import annotations

import pytest
from rig import Rig, read_case

pytestmark = pytest.mark.anyio


async def test_the_last_requests_are_told_by_route_or_path_without_a_log(rig: Rig) -> None:
    first = await rig.deploy(read_case("counted"), "last")
    async with rig.http("last") as http:
        await http.get("/a/items/1?secret=in-the-query")
        await http.get("/nowhere/at/all")
        await http.get("/broken")
    second = await rig.deploy(read_case("counted"), "last")
    await rig.get("/ok", "last")
    answer = (await rig.client.call("requests", appId="last", limit=10))["requests"]
    told = [(row["generation"], row["method"], row.get("route"), row.get("path"), row["status"]) for row in answer]
    assert told == [
        (second["generation"], "GET", "/ok", None, 200),
        (first["generation"], "GET", "/broken", None, 500),
        (first["generation"], "GET", None, "/nowhere/at/all", 404),
        (first["generation"], "GET", "/a/items/{item_id}", None, 200),
    ]
    assert all(row["durationMs"] > 0 and row["at"].endswith("Z") for row in answer)
    assert (await rig.client.call("requests", appId="last", limit=1))["requests"] == answer[:1]
    assert not any("GET" in line["text"] for line in rig.client.lines("last") if line["stream"] != "stderr")


async def test_the_ring_keeps_the_newest(rig: Rig) -> None:
    await rig.deploy(read_case("counted"), "ring")
    async with rig.http("ring") as http:
        for number in range(300):
            await http.get(f"/nowhere/{number}")
        await http.get("/nowhere/" + "x" * 500)
    answer = (await rig.client.call("requests", appId="ring", limit=1000))["requests"]
    assert len(answer) == 256
    assert answer[0]["path"].endswith("xxx ...")
    assert [row["path"] for row in answer[1:]] == [f"/nowhere/{number}" for number in range(299, 44, -1)]
