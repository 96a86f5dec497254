"""What a pod shows to the egress gateway: who it is by the word of a controller, and nothing that others have too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import make_state
from certificates import AGENT, name_pod
from client import Refused
from gateways import TestGateway, open_gateway
from places import echo, open_place
from pods import Pod, make_authority
from rig import Rig, delete_state, hello, read_case, until

pytestmark = pytest.mark.anyio
SHOP, LOCAL = "shop.example", "127.0.0.1"
BROKEN = ("ConnectionResetError", "BrokenPipeError")
FIRST, SECOND = (name_pod("app", epoch).removeprefix("URI:") for epoch in (1, 2))


@pytest.fixture
async def gateway(anyio_backend: str) -> AsyncIterator[TestGateway]:
    async with open_gateway(make_authority() / "egress") as gateway:
        yield gateway


@pytest.fixture
async def pod(gateway: TestGateway) -> AsyncIterator[Pod]:
    state = make_state()
    pod = await Pod.start(state, FAPI_POD_EGRESS=f"127.0.0.1:{gateway.port}")
    layers = pod.client.hello["isolation"]["layers"]
    if not any(layer["name"] == "egress" and layer["active"] for layer in layers):
        pytest.skip("nothing can be granted here")
    yield pod
    await pod.close()
    delete_state(pod.state)


async def ask(pod: Pod, port: int) -> dict[str, str]:
    async with pod.http() as http:
        return (await http.get("/asyncio", params={"host": SHOP, "port": port}, timeout=30)).json()


async def deploy(pod: Pod, port: int) -> None:
    await pod.deploy(read_case("reach"), egress=[{"host": SHOP, "port": port}])


async def until_said(pod: Pod, text: str) -> None:
    await until(lambda: any(text in line["text"] for line in pod.client.lines("app") if line["stream"] == "system"))


async def test_it_is_the_one_that_was_given_and_the_next_one_from_then_on(pod: Pod, gateway: TestGateway) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await pod.identify("app-1")
        await deploy(pod, echoing.port)
        assert (await ask(pod, echoing.port))["answer"] == "hello"
        async with pod.http() as http:
            await http.get("/keep", params={"host": SHOP, "port": echoing.port})
        await until(lambda: echoing.open == 1)
        await pod.identify("app-2")
        assert (await ask(pod, echoing.port))["answer"] == "hello"
        # What is open stays open.
        assert (echoing.open, gateway.shown) == (1, [FIRST, FIRST, SECOND])
        assert AGENT.removeprefix("URI:") not in gateway.shown


async def test_a_connection_waits_a_moment_for_it(pod: Pod, gateway: TestGateway) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await deploy(pod, echoing.port)
        asking = asyncio.create_task(ask(pod, echoing.port))
        async with pod.http() as http:
            await http.get("/", timeout=10)
        assert gateway.shown == []
        await pod.identify()
        assert (await asking)["answer"] == "hello"
        # A new container has none, and is given one by the controller that comes back to it.
        await pod.kill()
        await pod.boot()
        await until(lambda: pod.app(), 20)
        asking = asyncio.create_task(ask(pod, echoing.port))
        await pod.identify("app-2")
        assert (await asking)["answer"] == "hello"
        assert gateway.shown == [FIRST, SECOND]


async def test_without_one_and_with_one_that_ran_out_nothing_is_shown_and_the_log_says_why(
    pod: Pod, gateway: TestGateway
) -> None:
    await deploy(pod, 443)
    assert (await ask(pod, 443))["error"] in BROKEN
    await until_said(pod, "no controller has given this pod an identity for the egress gateway yet.")
    await pod.identify(lasts_s=0.001)
    await deploy(pod, 443)
    assert (await ask(pod, 443))["error"] in BROKEN
    await until_said(pod, "the pod's identity for the egress gateway ran out, and no controller has renewed it.")
    assert gateway.shown == []


async def test_one_of_another_app_is_not_taken_once_the_pod_is_ones_and_never_shown(
    pod: Pod, gateway: TestGateway
) -> None:
    await pod.identify(app_id="other")
    await deploy(pod, 443)
    assert (await ask(pod, 443))["error"] in BROKEN
    await until_said(pod, "no controller has given this pod an identity")
    with pytest.raises(Refused, match="pod_taken"):
        await pod.identify(app_id="other")
    assert gateway.shown == []


async def test_one_of_an_overtaken_controller_is_refused(pod: Pod, gateway: TestGateway) -> None:
    newer = await pod.connect("controller", epoch=2)
    with pytest.raises(Refused, match="stale_epoch"):
        await pod.identify()
    await pod.client.close()
    pod.client = newer


async def test_a_key_that_does_not_fit_is_refused_and_the_former_one_stays(pod: Pod, gateway: TestGateway) -> None:
    async with open_place(echo, LOCAL) as echoing:
        await pod.identify()
        await deploy(pod, echoing.port)
        cert, key = (make_authority() / "app-2" / "tls.crt", make_authority() / "app-1" / "tls.key")
        for pair in ((cert, key), (key, key), (cert, Path("/dev/null"))):
            texts = [path.read_text() or "none" for path in pair]
            with pytest.raises(Refused, match="bad_request"):
                await pod.client.call("identify", appId="app", cert=texts[0], key=texts[1], lastsMs=1000)
        assert (await ask(pod, echoing.port))["answer"] == "hello"
        assert gateway.shown == [FIRST]


async def test_one_that_the_gateway_does_not_believe_is_an_end_without_an_answer(
    pod: Pod, gateway: TestGateway
) -> None:
    await pod.identify("stranger-app")
    await deploy(pod, 443)
    assert (await ask(pod, 443))["error"] in BROKEN
    await until_said(
        pod, f"{SHOP}:443 could not be connected to: the egress gateway ended the connection without an answer."
    )
    assert gateway.shown == []


async def test_it_is_for_runners_in_pods_alone() -> None:
    state = make_state()
    bench = await Pod.start(state, FAPI_POD_ROLE="workbench")
    with pytest.raises(Refused, match=r"bad_request.*'identify' is for a runner"):
        await bench.identify()
    await bench.close()
    delete_state(state)
    state = make_state()
    rig = await Rig.start(state)
    await rig.deploy(hello("x"))
    with pytest.raises(Refused, match=r"bad_request.*no pod"):
        await rig.client.call("identify", appId="app", cert="x", key="x", lastsMs=1)
    await rig.close()
    delete_state(state)
