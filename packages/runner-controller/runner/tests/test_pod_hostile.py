"""An app that has read the agent's program reaches neither its key nor its port, at any level that claims so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from agents import Kind, find_python, list_kinds, make_state
from client import Refused
from hostile import attack, find_reached
from places import find_own_address
from pods import Pod
from rig import delete_state, hello

from fapi_runner.agent.pod.addresses import list_own_places

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=list_kinds(), ids=str)
async def kind_pod(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Pod]:
    kind: Kind = request.param
    python = find_python()
    state = make_state(kind.user)
    environment = {"FAPI_POD_HOST": "0.0.0.0", "KUBERNETES_SERVICE_HOST": "10.96.0.1", "FAPI_POD_EGRESS": "127.0.0.1:9"}
    pod = await Pod.start(state, "--isolation-limit", str(kind.limit), python=python, user=kind.user, **environment)
    await pod.identify()
    yield pod
    await pod.close()
    delete_state(state)


async def test_it_has_no_way_to_the_agent(kind_pod: Pod) -> None:
    isolation = kind_pod.client.hello["isolation"]
    assert {"name": "agent-key", "active": True} in isolation["layers"], isolation
    assert await find_reached(kind_pod) == {}
    assert (await kind_pod.client.call("apps"))["appIds"] == ["app"]


async def test_it_has_none_beside_a_grant(kind_pod: Pod) -> None:
    layers = kind_pod.client.hello["isolation"]["layers"]
    if not any(layer["name"] == "egress" and layer["active"] for layer in layers):
        return  # nothing can be granted here
    egress = [
        {"host": host, "port": kind_pod.ready["ports"][name]}
        for host in ("203.0.113.1", "db.example")
        for name in ("agent", "health")
    ]
    assert await find_reached(kind_pod, egress=egress) == {}


async def test_the_pods_own_addresses_cannot_be_granted(kind_pod: Pod) -> None:
    own = find_own_address()
    if own is None:
        return  # the machine has none but its loopback
    for address in (own, "10.96.0.1"):
        with pytest.raises(Refused, match=r"bad_request.*one of this system's own"):
            await kind_pod.prepare(hello("x"), egress=[{"host": address, "port": kind_pod.ready["ports"]["agent"]}])


async def test_where_it_listens_at_one_address_only_that_is_its_own() -> None:
    assert [str(place.network) for place in list_own_places("127.0.0.2", {})] == ["127.0.0.2/32"]


async def test_without_layers_it_is_said_that_the_key_is_in_sight() -> None:
    state = make_state()
    pod = await Pod.start(state, "--isolation-limit", "0")
    layer = next(layer for layer in pod.client.hello["isolation"]["layers"] if layer["name"] == "agent-key")
    assert (layer["active"], "can open the agent's key" in layer["reason"]) == (False, True)
    # And so it is: the attack would see it.
    told = await attack(pod, only="key,agent,memory")
    assert told["key"].startswith("done: '-----BEGIN PRIVATE KEY-----")
    assert told["agent"].startswith("done")
    await pod.close()
    delete_state(state)
