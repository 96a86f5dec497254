from __future__ import annotations

import asyncio
import collections

import httpx
import pytest
import websockets
from client import Client
from rig import Rig, hello, read_case, until

pytestmark = pytest.mark.anyio
SWAPS = 20


class Caller:
    """Asks again and again until told to stop, and counts."""

    def __init__(self, rig: Rig, keeps_alive: bool) -> None:
        self.rig = rig
        self.keeps_alive = keeps_alive
        self.answers: collections.Counter[object] = collections.Counter()
        self.failures: list[object] = []
        self.going = True
        self.floor = 0

    async def run(self) -> None:
        limits = httpx.Limits(max_keepalive_connections=1 if self.keeps_alive else 0)
        async with self.rig.http("swap", limits=limits) as http:
            while self.going:
                floor = self.floor
                try:
                    answer = await http.get("/")
                except httpx.HTTPError as error:
                    self.failures.append(error)
                    continue
                if answer.status_code != 200:
                    self.failures.append(answer.status_code)
                    continue
                if not self.keeps_alive and answer.json() < floor:
                    self.failures.append(f"{answer.json()} after {floor}")
                self.answers[answer.json()] += 1


async def test_no_request_fails_and_no_old_answer_comes_after_activate_in_20_swaps(rig: Rig) -> None:
    await rig.deploy(hello(0), "swap")
    callers = [Caller(rig, keeps_alive=True), Caller(rig, keeps_alive=False)]
    running = [asyncio.create_task(caller.run()) for caller in callers]
    for number in range(1, SWAPS + 1):
        await rig.deploy(hello(number), "swap")
        for caller in callers:
            caller.floor = number
        seen = [caller.answers.total() for caller in callers]
        # Until each has asked the new one a few times.
        await until(lambda seen=seen: all(c.answers.total() > s + 5 for c, s in zip(callers, seen, strict=True)))
    for caller in callers:
        caller.going = False
    await asyncio.gather(*running)
    assert [caller.failures for caller in callers] == [[], []]
    assert all(set(caller.answers) >= set(range(1, SWAPS + 1)) for caller in callers)


async def test_an_idle_keep_alive_connection_gets_one_more_answer_and_then_closes(rig: Rig) -> None:
    await rig.deploy(hello("old"), "idle")
    reader, writer = await asyncio.open_unix_connection(rig.socket("idle"))

    async def ask() -> bytes:
        writer.write(b"GET / HTTP/1.1\r\nhost: app\r\n\r\n")
        return await reader.readuntil(b'"')

    assert b"connection: close" not in await ask()
    assert await reader.readexactly(4) == b'old"'
    await rig.deploy(hello("new"), "idle")
    assert b"connection: close" in await ask()
    assert await asyncio.wait_for(reader.read(), 2) == b'old"'
    writer.close()
    assert (await rig.get("/", "idle")).json() == "new"


async def test_slow_requests_and_streams_survive_a_swap(rig: Rig) -> None:
    await rig.deploy(read_case("long"), "long")
    folder = rig.state / "apps" / "long"
    async with rig.http("long") as http:
        slow = asyncio.create_task(http.get("/slow"))
        async with http.stream("GET", "/stream") as stream:
            parts = stream.aiter_text()
            assert await anext(parts) == "first,"
            await until((folder / "slow-entered").exists)
            await rig.deploy(hello("new"), "long")
            assert (await rig.get("/", "long")).json() == "new"
            (folder / "done").touch()
            assert "".join([part async for part in parts]) == "last"
        assert (await slow).json() == "slow"


async def test_the_former_child_ends_when_its_last_guest_has_left(rig: Rig) -> None:
    await rig.deploy(hello("old"), "leave")
    pid = (await rig.app("leave"))["active"]["pid"]
    await rig.deploy(hello("new"), "leave", parkS=0)
    await until(lambda: not (rig.state / "children" / str(pid)).exists(), timeout=3)


async def test_websockets_are_served_and_survive_a_swap(rig: Rig) -> None:
    await rig.deploy(read_case("long"), "ws")
    async with websockets.unix_connect(rig.socket("ws"), "ws://app/ws") as socket:
        await socket.send("one")
        assert await socket.recv() == "echo one"
        await rig.deploy(hello("new"), "ws")
        await socket.send("two")
        assert await socket.recv() == "echo two"


async def test_a_websocket_that_stays_is_closed_with_1012_at_the_deadline(rig: Rig) -> None:
    await rig.deploy(read_case("long"), "late")
    async with websockets.unix_connect(rig.socket("late"), "ws://app/ws") as socket:
        await socket.send("one")
        assert await socket.recv() == "echo one"
        await rig.client.call("remove", appId="late", generation=next(rig.generations))
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012


async def test_activate_waits_until_every_gateway_routes_by_the_new_generation(rig: Rig) -> None:
    gateway = await Client.connect(rig.state / "agent.sock", "gateway")
    await gateway.call("watchRoutes")
    first = await gateway.event("routes")
    await gateway.call("routesApplied", version=first["version"])
    prepared = await rig.prepare(hello("routed"), "routed")
    activating = asyncio.create_task(rig.client.call("activate", **prepared["key"]))
    generation = prepared["key"]["generation"]

    def has_route(table: dict) -> bool:
        return any(row["appId"] == "routed" and row["generation"] == generation for row in table["routes"])

    table = await gateway.event("routes", has_route)
    row = next(row for row in table["routes"] if row["appId"] == "routed")
    assert row["socket"] == rig.socket("routed")
    assert (row["host"], row["phase"]) == ("routed.localhost", "running")
    assert not activating.done()
    await gateway.call("routesApplied", version=table["version"])
    assert (await activating)["durationMs"] < 1000
    # One that never answers holds nobody longer than a second.
    assert (await rig.deploy(hello("later"), "routed"))["appId"] == "routed"
    await gateway.close()
