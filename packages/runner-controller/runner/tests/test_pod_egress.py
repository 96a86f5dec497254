"""Out of a pod there is one way, the egress gateway: what it says of a connection, the app and its builder are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from agents import find_python, list_kinds, make_state
from client import Json, Refused
from gateways import TestGateway, connect_all, open_gateway
from places import answer_last, break_off, echo, open_place, serve_page
from pods import Pod, make_authority, start_restricted
from restricted import find_obstacle
from rig import delete_state, hello, read_case, until

from fapi_runner.agent.pod.settings import SettingError, read_settings

pytestmark = pytest.mark.anyio
KINDS = [kind for kind in list_kinds() if kind.limit >= 2]
BROKEN = ("ConnectionResetError", "BrokenPipeError")
SHOP, LOCAL = "shop.example", "127.0.0.1"


class Town:
    """A pod whose app may be connected by names that its gateway leads to this machine."""

    def __init__(self, pod: Pod, gateway: TestGateway) -> None:
        self.pod = pod
        self.gateway = gateway

    async def deploy(self, *grants: tuple[str, int]) -> Json:
        await self.pod.identify()
        return await self.pod.deploy(read_case("reach"), egress=[{"host": host, "port": port} for host, port in grants])

    async def ask(self, way: str, host: str, port: int, **more: Any) -> Any:
        async with self.pod.http() as http:
            return (await http.get(f"/{way}", params={"host": host, "port": port, **more}, timeout=30)).json()

    def list_said(self) -> list[str]:
        return [line["text"] for line in self.pod.client.lines("app") if line["stream"] == "system"]

    async def until_said(self, text: str) -> None:
        await until(lambda: text in self.list_said())


@pytest.fixture(scope="module")
async def gateway(anyio_backend: str) -> AsyncIterator[TestGateway]:
    async with open_gateway(make_authority() / "egress") as gateway:
        yield gateway


@pytest.fixture(scope="module", params=[*KINDS, "restricted"], ids=str)
async def town(request: pytest.FixtureRequest, gateway: TestGateway) -> AsyncIterator[Town]:
    python = find_python()
    environment = {"FAPI_POD_EGRESS": f"127.0.0.1:{gateway.port}"}
    if request.param == "restricted":
        if obstacle := find_obstacle():
            pytest.skip(f"no restricted pod can be made here: {obstacle}")
        pod = await start_restricted(python, **environment)
    else:
        limit = ("--isolation-limit", str(request.param.limit))
        pod = await Pod.start(
            make_state(request.param.user), *limit, python=python, user=request.param.user, **environment
        )
    yield Town(pod, gateway)
    await pod.close()
    delete_state(pod.state)


async def test_what_is_granted_is_reached_through_the_gateway_by_every_client(town: Town) -> None:
    async with open_place(echo, LOCAL) as echoing, open_place(serve_page, LOCAL) as page:
        await town.deploy((SHOP, echoing.port), (SHOP, page.port))
        town.gateway.asked.clear()
        assert (await town.ask("asyncio", SHOP, echoing.port, text="around"))["answer"] == "around"
        assert (await town.ask("plain-loop", SHOP, echoing.port))["answer"] == "hello"
        for way in ("httpx", "urllib"):
            assert (await town.ask(way, SHOP, page.port)) == {"answer": "page"}
        assert town.gateway.asked[0] == {"appId": "app", "host": SHOP, "port": echoing.port}


async def test_nothing_else_is_asked_of_it(town: Town) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await town.deploy((SHOP, echoing.port))
        town.gateway.asked.clear()
        for host, port in ((SHOP, echoing.port + 1), ("other.example", echoing.port), (LOCAL, echoing.port)):
            assert "error" in await town.ask("asyncio", host, port)
        assert "error" in await town.ask("asyncio", LOCAL, town.gateway.port)
        assert town.gateway.asked == []


async def test_half_a_close_is_passed_on_and_many_bytes_lose_nothing(town: Town) -> None:
    async with open_place(answer_last, LOCAL) as last, open_place(echo, LOCAL) as echoing:
        await town.deploy((SHOP, last.port), (SHOP, echoing.port))
        assert (await town.ask("asyncio", SHOP, last.port, text="it"))["answer"] == "all of it"
        count = 16 << 20
        assert await town.ask("bytes", SHOP, echoing.port, count=count) == count
    await until(lambda: not town.gateway.open)


async def test_what_breaks_off_is_no_whole_answer(town: Town) -> None:
    async with open_place(break_off, LOCAL) as place:
        await town.deploy((SHOP, place.port))
        assert (await town.ask("asyncio", SHOP, place.port))["error"] in BROKEN


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"reason": "never", "text": "169.254.169.254 is the machine's metadata and its link"},
            "The app is never connected to shop.example:443: 169.254.169.254 is the machine's metadata and its link.",
        ),
        (
            {"reason": "failed", "text": "Connection refused"},
            "shop.example:443 could not be connected to: Connection refused.",
        ),
        (
            {"reason": "silent", "text": "it did not answer in time"},
            "shop.example:443 was silent for too long: the connection was ended.",
        ),
        (
            {"reason": "not_granted", "text": "shop.example:443 is not granted to app"},
            "shop.example:443 could not be connected to: "
            "the egress gateway refused: shop.example:443 is not granted to app.",
        ),
    ],
    ids=lambda value: value["reason"] if isinstance(value, dict) else "",
)
async def test_a_refusal_is_said_to_the_builder_as_on_a_machine(town: Town, answer: dict[str, str], said: str) -> None:
    async def refuse(_: Json) -> dict[str, str]:
        return answer

    await town.deploy((SHOP, 443))
    town.gateway.decide = refuse
    assert (await town.ask("asyncio", SHOP, 443))["error"] in BROKEN
    town.gateway.decide = connect_all
    await town.until_said(said)


async def test_a_gateway_that_is_away_is_a_failed_connection_and_what_is_open_breaks(town: Town) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await town.deploy((SHOP, echoing.port))
        await town.ask("keep", SHOP, echoing.port)
        await until(lambda: echoing.open == 1)
        town.gateway.end()
        await until(lambda: echoing.open == 0)
        assert (await town.ask("asyncio", SHOP, echoing.port))["error"] in BROKEN
        await town.until_said(f"{SHOP}:{echoing.port} could not be connected to: the egress gateway cannot be reached.")
        # It comes back at the same place, and nobody has to be told.
        await town.gateway.begin(make_authority() / "egress")
        assert (await town.ask("asyncio", SHOP, echoing.port))["answer"] == "hello"


async def test_a_gateway_that_says_nothing_is_given_up_in_time(town: Town) -> None:
    given_up = asyncio.Event()

    async def wait(_: Json) -> dict[str, str]:
        await given_up.wait()
        return {}

    await town.deploy((SHOP, 443))
    town.gateway.decide = wait
    async with asyncio.timeout(14):
        assert (await town.ask("asyncio", SHOP, 443))["error"] in BROKEN
    town.gateway.decide = connect_all
    given_up.set()
    await town.until_said(f"{SHOP}:443 was silent for too long: the connection was ended.")


async def test_who_only_poses_as_the_gateway_is_told_nothing(town: Town) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await town.deploy((SHOP, echoing.port))
        town.gateway.end()
        town.gateway.asked.clear()
        # An agent has a certificate of the same authority, and so might whoever has read one.
        await town.gateway.begin(make_authority() / "agent")
        assert (await town.ask("asyncio", SHOP, echoing.port))["error"] in BROKEN
        assert town.gateway.asked == []
        town.gateway.end()
        await town.gateway.begin(make_authority() / "egress")


async def test_a_pod_that_knows_no_gateway_can_be_granted_nothing(pod: Pod) -> None:
    layer = next(layer for layer in pod.client.hello["isolation"]["layers"] if layer["name"] == "egress")
    assert (layer["active"], "FAPI_POD_EGRESS" in layer["reason"]) == (False, True)
    with pytest.raises(Refused) as refused:
        await pod.prepare(hello("x"), egress=[{"host": SHOP, "port": 443}])
    assert refused.value.code == "egress_unavailable"
    assert layer["reason"] in refused.value.message
    await pod.deploy(hello("here"))


@pytest.mark.parametrize("text", ["fapi-egress:8443", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:x", "[10.0.0.1:1"])
def test_the_place_of_the_gateway_must_be_an_address(text: str) -> None:
    with pytest.raises(SettingError, match="FAPI_POD_EGRESS must be ADDRESS:PORT"):
        read_settings({"FAPI_POD_EGRESS": text})
    assert read_settings({"FAPI_POD_EGRESS": "[fd00::1]:8443"}).egress == ("fd00::1", 8443)
