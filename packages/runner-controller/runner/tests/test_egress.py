"""What an app is granted it reaches, by every client and by name, and nothing beside it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import Kind, find_python, list_kinds, make_state
from client import Json, Refused
from places import Names, answer_last, break_off, echo, may_mount, open_place, serve_page
from rig import Rig, delete_state, read_case, until
from town import OWN, Town

pytestmark = pytest.mark.anyio
KINDS = [kind for kind in list_kinds() if kind.limit >= 2]

NOWHERE = [
    *("127.0.0.1", "localhost", "a.localhost", "0.0.0.0", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1"),
    *("224.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "127.1", "0x7f000001", "2130706433", "fd00:ec2::254", "*"),
    *("a b", "-a", "::ffff:0:0", "255.255.255.255", "100.100.100.200"),
]


@pytest.fixture(scope="module", params=KINDS, ids=str)
async def town(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Town]:
    kind: Kind = request.param
    python = find_python()
    if not OWN:
        pytest.skip("this machine has no address")
    names = Names() if may_mount() else None
    state = make_state(kind.user)
    spawning: dict[str, Any] = {"python": python, "user": kind.user}
    if names is not None:
        spawning = {"python": names.make_python(python, kind.user)}
    async with open_place(echo, OWN) as echoing, open_place(serve_page, OWN) as page:
        rig = await Rig.start(state, "--isolation-limit", str(kind.limit), **spawning)
        yield Town(rig, names, echoing, page)
        await rig.close()
    delete_state(state)
    if names is not None:
        shutil.rmtree(names.folder)


async def test_what_is_granted_is_reached_by_every_client(town: Town) -> None:
    await town.deploy((OWN, town.echo.port), (OWN, town.page.port))
    answered = await town.ask("asyncio", OWN, town.echo.port, text="around")
    assert answered == {"answer": "around", "loop": "uvloop"}
    assert (await town.ask("plain-loop", OWN, town.echo.port))["answer"] == "hello"
    for way in ("httpx", "urllib"):
        assert (await town.ask(way, OWN, town.page.port)) == {"answer": "page"}


async def test_a_granted_name_is_reached_wherever_it_leads_by_now(town: Town) -> None:
    if town.names is None:
        pytest.skip("only root can give an agent names of its own")
    town.names.set({"shop.example": OWN})
    await town.deploy(("shop.example", town.page.port), ("Shop.example", town.echo.port))
    for way in ("httpx", "urllib"):
        assert (await town.ask(way, "shop.example", town.page.port)) == {"answer": "page"}
    assert (await town.ask("asyncio", "shop.example", town.echo.port))["answer"] == "hello"
    assert (await town.ask("plain-loop", "shop.example", town.echo.port))["answer"] == "hello"
    # It had another address when the app was deployed.
    town.names.set({})
    assert "error" in await town.ask("asyncio", "shop.example", town.echo.port)
    town.names.set({"shop.example": OWN})
    assert (await town.ask("asyncio", "shop.example", town.echo.port))["answer"] == "hello"


async def test_nothing_beside_a_grant_is_reached(town: Town) -> None:
    await town.deploy((OWN, town.page.port))
    seen = town.echo.seen
    async with open_place(echo, "127.0.0.1") as local:
        for host, port in (
            (OWN, town.echo.port),
            ("127.0.0.1", local.port),
            ("127.0.0.1", town.page.port),
            ("::1", town.page.port),
            (f"::ffff:{OWN}", town.echo.port),
            ("169.254.169.254", 80),
            ("169.254.169.254", town.page.port),
            ("10.255.255.1", town.page.port),
            ("ungranted.example", town.page.port),
            ("localhost", local.port),
        ):
            assert "error" in await town.ask("asyncio", host, port), (host, port)
        assert local.seen == 0
    assert town.echo.seen == seen


async def test_a_neighbour_without_grants_reaches_nothing(town: Town) -> None:
    await town.deploy((OWN, town.echo.port))
    await town.deploy(app_id="bare")
    answer = await town.ask("asyncio", OWN, town.echo.port, "bare")
    assert answer["error"] == "PermissionError"
    assert (await town.ask("asyncio", OWN, town.echo.port))["answer"] == "hello"


async def test_a_name_that_leads_to_the_machine_or_its_metadata_is_not_followed(town: Town) -> None:
    if town.names is None:
        pytest.skip("only root can give an agent names of its own")
    async with open_place(echo, "127.0.0.1") as local:
        town.names.set({"inner.example": "127.0.0.1", "meta.example": "169.254.169.254", "zero.example": "0.0.0.0"})
        await town.deploy(*((name, local.port) for name in ("inner.example", "meta.example", "zero.example")))
        for name in ("inner.example", "meta.example", "zero.example"):
            assert (await town.ask("asyncio", name, local.port))["error"] in ("ConnectionResetError", "BrokenPipeError")
        assert local.seen == 0
    said = town.list_said()
    assert f"The app is never connected to inner.example:{local.port}: 127.0.0.1 is the machine itself." in said
    assert any("169.254.169.254 is the machine's metadata" in line for line in said)


@pytest.mark.parametrize("host", NOWHERE)
async def test_a_place_that_nobody_may_reach_cannot_be_granted(town: Town, host: str) -> None:
    with pytest.raises(Refused) as refused:
        await town.deploy((host, 80))
    assert refused.value.code == "bad_request"
    assert refused.value.message.startswith("egress must")


async def test_a_target_that_is_down_is_a_failed_connection_and_said_once(town: Town) -> None:
    async with open_place(echo, OWN) as place:
        port = place.port
    await town.deploy((OWN, port), app_id="down")
    for _ in range(3):
        assert (await town.ask("asyncio", OWN, port, "down"))["error"] in ("ConnectionResetError", "BrokenPipeError")
    failed = f"{OWN}:{port} could not be connected to: Connection refused."
    await town.rig.client.event("log", lambda log: any(line["text"] == failed for line in log["lines"]))
    await town.rig.client.call("stop", appId="down", generation=next(town.rig.generations))
    await until(lambda: f"{failed} So it was 3 times." in town.list_said("down"))
    assert town.list_said("down").count(failed) == 1


async def test_a_target_that_does_not_answer_is_given_up_in_time(town: Town) -> None:
    with socket.create_server((OWN, 0), backlog=0) as full, contextlib.ExitStack() as crowd:
        port = full.getsockname()[1]
        for _ in range(4):  # whoever comes after those that wait to be accepted is not answered
            guest = crowd.enter_context(socket.socket())
            guest.setblocking(False)
            guest.connect_ex((OWN, port))
        await town.deploy((OWN, port), app_id="silent")
        async with asyncio.timeout(12):
            answer = await town.ask("asyncio", OWN, port, "silent")
        assert answer["error"] in ("ConnectionResetError", "BrokenPipeError")
        said = f"{OWN}:{port} was silent for too long: the connection was ended."
        await until(lambda: said in town.list_said("silent"))


async def test_a_target_that_breaks_off_is_no_whole_answer(town: Town) -> None:
    async with open_place(break_off, OWN) as place:
        await town.deploy((OWN, place.port))
        assert (await town.ask("asyncio", OWN, place.port))["error"] in ("ConnectionResetError", "BrokenPipeError")


async def test_the_end_of_sending_is_passed_on_and_the_answer_comes_after_it(town: Town) -> None:
    async with open_place(answer_last, OWN) as place:
        await town.deploy((OWN, place.port))
        assert (await town.ask("asyncio", OWN, place.port, text="it"))["answer"] == "all of it"


async def test_many_bytes_and_a_slow_reader_lose_nothing(town: Town) -> None:
    await town.deploy((OWN, town.echo.port))
    count = 64 << 20
    assert await town.ask("bytes", OWN, town.echo.port, count=count) == count


async def test_an_app_has_so_many_connections_and_its_neighbour_its_own(town: Town) -> None:
    await town.deploy((OWN, town.echo.port), app_id="flood")
    await town.deploy((OWN, town.echo.port))
    assert await town.ask("many", OWN, town.echo.port, "flood", count=300) == 256
    assert "The app has 256 connections open, the most it may have." in town.list_said("flood")
    assert (await town.ask("asyncio", OWN, town.echo.port))["answer"] == "hello"
    await until(lambda: town.echo.open == 0)
    assert await town.ask("many", OWN, town.echo.port, "flood", count=100) == 100


async def test_a_grant_that_is_taken_away_ends_with_the_child_that_had_it(town: Town) -> None:
    await town.deploy((OWN, town.echo.port))
    await town.ask("keep", OWN, town.echo.port)
    await until(lambda: town.echo.open == 1)
    await town.deploy((OWN, town.page.port))
    assert "error" in await town.ask("asyncio", OWN, town.echo.port)
    assert await town.ask("httpx", OWN, town.page.port) == {"answer": "page"}
    await until(lambda: town.echo.open == 0)


async def test_a_draft_reaches_nothing_until_it_is_deployed_with_the_same_grants(town: Town) -> None:
    egress = [{"host": OWN, "port": town.echo.port}]
    app_id, files = "drafted", read_case("reach")

    async def draft(sequence: int, files: dict[str, str | bytes], egress: list[Json]) -> Json:
        digest = await town.rig.put(files)
        asked = {"appId": app_id, "host": "drafted.localhost", "session": "s", "sequence": sequence, "digest": digest}
        rest = {"envVersion": 1, "environment": {}, "deadlineMs": 10_000, "egress": egress}
        return await town.rig.client.call("draft", **asked, **rest)

    assert (await draft(1, files, egress))["prepared"] is True
    assert (await town.rig.prepare(files, app_id, egress=[]))["adopted"] is False
    prepared = await town.rig.prepare(files, app_id, egress=egress)
    assert prepared["adopted"] is True
    await town.rig.client.call("activate", **prepared["key"])
    assert (await town.ask("asyncio", OWN, town.echo.port, app_id))["answer"] == "hello"

    seen = town.echo.seen
    eager = f"import socket\nsocket.create_connection(('{OWN}', {town.echo.port}), 5).close()\n"
    files = {"main.py": eager + "from fastapi import FastAPI\napp = FastAPI()\n"}
    told = await draft(2, files, egress)
    assert told["prepared"] is False
    assert {effect["kind"] for effect in told["sideEffects"]} == {"connect"}
    assert town.echo.seen == seen
    # Asked for on the click, it is imported with what it was granted.
    await town.rig.prepare(files, app_id, egress=egress)
    await until(lambda: town.echo.seen > seen)
    assert town.echo.seen == seen + 1


async def test_an_app_with_an_open_connection_is_not_frozen(town: Town) -> None:
    key = await town.deploy((OWN, town.echo.port), app_id="open")
    await town.ask("keep", OWN, town.echo.port, "open")
    with pytest.raises(Refused, match="outbound connections"):
        await town.rig.client.call("freeze", appId="open", generation=key["generation"])
    assert (await town.rig.get("/drop", "open")).status_code == 200
    await town.rig.client.call("freeze", appId="open", generation=key["generation"])
    # Awake again, it has what it was granted.
    assert (await town.ask("asyncio", OWN, town.echo.port, "open"))["answer"] == "hello"
