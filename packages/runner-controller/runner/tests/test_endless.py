"""A request that keeps a thread and does not end: the loop goes on, and all the same somebody says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rig import Rig, read_case, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_a_request_that_does_not_end_is_named_with_its_line_until_it_does(rig: Rig) -> None:
    await rig.deploy(read_case("endless"), "endless")
    async with rig.http("endless") as http:
        # Older, and at peace: it only waits.
        polled = asyncio.create_task(http.get("/poll", timeout=90))
        held = asyncio.create_task(http.get("/hold", timeout=90))

        def is_told(app: dict[str, Any]) -> bool:
            return app["appId"] == "endless" and "trouble" in app

        trouble = (await rig.client.event("app", is_told, timeout=60))["trouble"]
        line = read_case("endless")["main.py"].decode().splitlines().index("    while not end.is_set():") + 1
        report = trouble["report"]
        assert (report["phase"], report["class"], report["frames"][-1]["function"]) == ("running", "timeout", "hold")
        assert report["frames"][-1]["line"] in (line, line + 1)
        assert report["message"].startswith("GET /hold was not answered in 30 s and is in main.py, line ")
        assert trouble["finding"]["code"] == "RES010"
        assert (await rig.get("/", "endless")).json() == "here"
        await rig.get("/end", "endless")
        assert [(await answer).json() for answer in (polled, held)] == ["over", "over"]
        await rig.client.event("app", lambda app: app["appId"] == "endless" and "trouble" not in app, timeout=10)
    assert [each["text"] for each in rig.client.lines("endless") if "was not answered" in each["text"]][1:] == []


async def test_many_that_do_not_end_are_told_of_and_are_no_flood(rig: Rig) -> None:
    await rig.deploy(read_case("endless"), "many")
    pid = (await rig.app("many"))["active"]["pid"]
    async with rig.http("many") as http:
        held = [asyncio.create_task(http.get("/hold", timeout=120)) for _ in range(12)]

        def is_all_told() -> bool:
            return sum("was not answered" in each["text"] for each in rig.client.lines("many")) >= 3

        await until(is_all_told, 60)
        assert (await rig.app("many"))["active"]["pid"] == pid
        await rig.get("/end", "many")
        assert {(await answer).json() for answer in held} == {"over"}
