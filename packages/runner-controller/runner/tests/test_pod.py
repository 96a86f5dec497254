"""The agent of a pod: one app, served over TCP by whoever commands it over mutual TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from conftest import make_state
from pods import Pod
from rig import delete_state, hello

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pod(anyio_backend: str) -> AsyncIterator[Pod]:
    state = make_state()
    pod = await Pod.start(state)
    yield pod
    await pod.close()
    delete_state(state)


async def test_it_says_its_ports_and_serves_one_app_over_tcp(pod: Pod) -> None:
    assert set(pod.ready["ports"]) == {"agent", "app", "health"}
    await pod.deploy(hello("here"))
    answer = await pod.get()
    assert (answer.status_code, answer.json()) == (200, "here")
    await pod.deploy(hello("there"))
    assert (await pod.get()).json() == "there"
