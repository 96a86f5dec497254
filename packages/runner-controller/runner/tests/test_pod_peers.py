"""Who is let in to command the agent of a pod, and what everybody else can do to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

import pytest
from agents import make_state
from certificates import trust
from client import Client
from pods import HOST, Pod, make_authority
from rig import delete_state, hello, until

from fapi_runner.agent.pod.door import HANDSHAKES
from fapi_runner.protocol import encode_frame

pytestmark = pytest.mark.anyio
HELLO = encode_frame({"kind": "request", "id": 1, "method": "hello", "params": {"protocol": 1, "role": "controller"}})


@pytest.fixture(scope="module")
async def open_pod(anyio_backend: str) -> AsyncIterator[Pod]:
    state = make_state()
    pod = await Pod.start(state)
    await pod.deploy(hello("here"))
    yield pod
    assert (await pod.get()).json() == "here"
    await pod.close()
    delete_state(state)


async def ask(pod: Pod, context: ssl.SSLContext | None) -> bytes:
    """Say hello and return all that is answered; a refusal may come at the handshake or at the first read."""
    with contextlib.suppress(ssl.SSLError, ConnectionError):
        reader, writer = await asyncio.open_connection(HOST, pod.ready["ports"]["agent"], ssl=context)
        try:
            writer.write(HELLO)
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.transport.abort()
    return b""


@pytest.mark.parametrize("name", ["agent", "both", "by-name", "expired", "stranger"])
async def test_a_certificate_that_is_not_the_controllers_is_refused(open_pod: Pod, name: str) -> None:
    assert await ask(open_pod, trust(make_authority() / name)) == b""


async def test_nobody_gets_in_without_a_certificate_in_plain_text_or_by_an_older_tls(open_pod: Pod) -> None:
    bare = trust(make_authority() / "controller", shows=False)
    older = trust(make_authority() / "controller")
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await ask(open_pod, bare) == b""
    assert await ask(open_pod, older) == b""
    assert b"agentId" not in await ask(open_pod, None)


async def test_the_agent_shows_the_name_of_an_agent(open_pod: Pod) -> None:
    writer = open_pod.client.writer
    assert writer.get_extra_info("peercert")["subjectAltName"] == (("URI", "spiffe://fapi/agent"),)
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"


async def test_a_controller_gets_in_however_many_say_nothing_and_those_are_sent_away(open_pod: Pod) -> None:
    port = open_pod.ready["ports"]["agent"]
    silent = [await asyncio.open_connection(HOST, port) for _ in range(HANDSHAKES * 3)]
    controller = await open_pod.connect("controller", epoch=1)
    assert (await controller.call("apps"))["appIds"] == ["app"]
    # The first ones made room for others at once, the last ones have their time.
    reads = [asyncio.create_task(reader.read()) for reader, _ in silent]
    for read in asyncio.as_completed(reads, timeout=30):
        with contextlib.suppress(ConnectionError):
            assert await read == b""
    for _, writer in silent:
        writer.close()
    await controller.close()


async def test_what_a_connected_controller_does_is_not_bounded_by_the_time_of_a_handshake(open_pod: Pod) -> None:
    controllers = [await open_pod.connect("controller", epoch=1) for _ in range(HANDSHAKES + 5)]
    for controller in controllers:
        assert (await controller.call("apps"))["appIds"] == ["app"]
    for controller in controllers:
        await controller.close()


async def test_large_bodies_and_events_pass_and_a_cut_connection_is_forgotten(open_pod: Pod) -> None:
    body = b"x" * (8 << 20)
    digest = await open_pod.put({"main.py": b"", "large": body})
    assert (await open_pod.client.call("has", digest=digest))["have"]
    gateway = await open_pod.connect("controller", epoch=1)
    await gateway.call("watch")
    gateway.writer.transport.abort()
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        await gateway._reading
    await open_pod.deploy(hello("here"))


async def test_an_epoch_that_was_overtaken_is_refused_as_on_a_machine() -> None:
    state = make_state()
    pod = await Pod.start(state)
    newer = await pod.connect("controller", epoch=7)
    with pytest.raises(Exception, match="stale_epoch"):
        await pod.client.call("prepare", appId="app")
    await pod.client.close()
    pod.client = newer
    await pod.close()
    delete_state(state)


async def test_it_says_whom_it_refused() -> None:
    state = make_state()
    pod = await Pod.start(state, HEARD="1")
    for name in ("stranger", "expired"):
        await ask(pod, trust(make_authority() / name))
    await ask(pod, trust(make_authority() / "controller", shows=False))
    await ask(pod, None)
    await ask(pod, trust(make_authority() / "both"))
    assert pod.process.stderr is not None
    said = await asyncio.wait_for(pod.process.stderr.readline(), 10)
    assert said == b"A peer at 127.0.0.1 was refused: its certificate is not spiffe://fapi/controller's.\n"
    await pod.close()
    # Strangers leave no traces beside that one.
    assert await pod.process.stderr.read() == b""
    delete_state(state)


async def test_half_a_frame_holds_nobody_up(open_pod: Pod) -> None:
    streams = await asyncio.open_connection(
        HOST, open_pod.ready["ports"]["agent"], ssl=trust(make_authority() / "controller")
    )
    streams[1].write(HELLO[:9])
    other: Client = await open_pod.connect("controller", epoch=1)
    await until(lambda: other.call("apps"))
    await other.close()
    streams[1].transport.abort()
