"""A pod that is told to end sends its guests away first, within the time that it has."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from agents import make_state
from client import Client
from pods import HOST, Pod
from rig import delete_state, hello, until

pytestmark = pytest.mark.anyio
LEAVES = {
    "main.py": """\
import asyncio, contextlib, time
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
@contextlib.asynccontextmanager
async def lifespan(app):
    yield
    print("its shutdown was run")
app = FastAPI(lifespan=lifespan)
@app.get("/")
def root(): return "here"
@app.get("/slow")
async def slow():
    print("slow has begun", flush=True)
    await asyncio.sleep(1)
    return "done"
@app.get("/block")
async def block():
    print("blocks its loop", flush=True)
    time.sleep(3)
@app.get("/endless")
async def endless():
    async def parts():
        while True:
            yield b"part"
            await asyncio.sleep(0.05)
    return StreamingResponse(parts())
"""
}


@asynccontextmanager
async def open_pod(grace_s: int) -> AsyncIterator[Pod]:
    pod = await Pod.start(make_state(), FAPI_POD_GRACE_S=str(grace_s))
    try:
        yield pod
    finally:
        with contextlib.suppress(ConnectionError):
            await pod.close()
        delete_state(pod.state)


async def until_parting(pod: Pod) -> None:
    async def is_parting() -> bool:
        return await pod.health("/readyz") == 503

    await until(is_parting)


async def has_printed(client: Client, text: str) -> None:
    await client.event("log", lambda log: any(line["text"] == text for line in log["lines"]))


async def test_who_comes_while_it_lingers_is_answered_with_a_close_and_what_runs_ends_well() -> None:
    async with open_pod(120) as pod:
        await pod.deploy(LEAVES)
        async with pod.http() as kept, pod.http() as slow:
            assert "connection" not in (await kept.get("/")).headers
            waiting = asyncio.create_task(slow.get("/slow"))
            await has_printed(pod.client, "slow has begun")
            assert await pod.health("/readyz") == 200
            pod.process.terminate()
            await until_parting(pod)
            assert await pod.health("/livez") == 200
            for answer in (await kept.get("/"), await pod.get()):
                assert (answer.json(), answer.headers["connection"]) == ("here", "close")
            assert (await waiting).json() == "done"
        await has_printed(pod.client, "its shutdown was run")
        assert await asyncio.wait_for(pod.process.wait(), 30) == 0
        with pytest.raises(httpx.ConnectError):
            await pod.get()


async def test_no_request_fails_before_it_is_refused() -> None:
    async with open_pod(8) as pod:
        await pod.deploy(hello("here"))
        ended = asyncio.create_task(pod.process.wait())

        async def call(kept: int) -> tuple[int, list[Exception]]:
            async with pod.http(limits=httpx.Limits(max_keepalive_connections=kept)) as http:
                for count in itertools.count():
                    try:
                        assert (await http.get("/")).json() == "here"
                    except httpx.ConnectError:
                        return count, []
                    except httpx.HTTPError as error:
                        return count, [error]
            raise AssertionError

        calls = [asyncio.create_task(call(kept)) for kept in (0, 0, 0, 1)]
        await until(lambda: pod.get())
        pod.process.terminate()
        for count, failures in await asyncio.gather(*calls):
            assert count > 0
            assert failures == []
        assert await ended == 0


async def test_who_waits_to_be_accepted_when_the_time_to_linger_is_over_is_still_answered() -> None:
    async with open_pod(16) as pod:
        await pod.deploy(LEAVES)
        blocking = asyncio.create_task(pod.get("/block"))
        await has_printed(pod.client, "blocks its loop")
        # The kernel has let them in, the app has not: they are there before the pod is told, however slow we are.
        guests = [await asyncio.open_connection(HOST, pod.ready["ports"]["app"]) for _ in range(20)]
        for _, writer in guests:
            writer.write(b"GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n")
        pod.process.terminate()
        answers = await asyncio.gather(*(reader.read() for reader, _ in guests))
        assert [answer.rpartition(b"\r\n\r\n")[2] for answer in answers] == [b'"here"'] * 20
        for _, writer in guests:
            writer.close()
        assert (await blocking).status_code == 200
        assert await asyncio.wait_for(pod.process.wait(), 20) == 0


async def test_a_stream_without_end_is_cut_before_the_time_is_over() -> None:
    async with open_pod(4) as pod:
        await pod.deploy(LEAVES)
        async with pod.http() as http, http.stream("GET", "/endless") as stream:
            parts = stream.aiter_bytes()
            await anext(parts)
            pod.process.terminate()
            with contextlib.suppress(httpx.HTTPError):
                async for _ in parts:
                    pass
        await has_printed(pod.client, "its shutdown was run")
        assert await asyncio.wait_for(pod.process.wait(), 10) == 0


async def test_told_again_it_ends_at_once() -> None:
    async with open_pod(3600) as pod:
        await pod.deploy(LEAVES)
        async with pod.http() as http, http.stream("GET", "/endless") as stream:
            parts = stream.aiter_bytes()  # held: without it the connection would be closed
            await anext(parts)
            pod.process.terminate()
            await until_parting(pod)
            pod.process.terminate()
            assert await asyncio.wait_for(pod.process.wait(), 20) == 0


@pytest.mark.parametrize("way", [None, "freeze", "sleep", "stop"])
async def test_without_guests_it_ends_soon_and_the_next_container_is_as_it_was(way: str | None) -> None:
    async with open_pod(20) as pod:
        await pod.deploy(hello("here"))
        if way is not None:
            await pod.client.call(way, appId="app", generation=next(pod.generations))
        pod.process.terminate()
        assert await asyncio.wait_for(pod.process.wait(), 20) == 0
        with contextlib.suppress(ConnectionError):
            await pod.client.close()
        await pod.boot()
        phase = {None: "running", "freeze": "running", "sleep": "asleep", "stop": "stopped"}[way]
        await pod.client.event("app", lambda app: app["phase"] == phase) if phase == "running" else None
        assert (await pod.app())["phase"] == phase
        if way != "stop":
            assert (await pod.get()).json() == "here"


async def test_a_pod_of_the_pool_ends_at_once() -> None:
    async with open_pod(3600) as pod:
        pod.process.terminate()
        assert await asyncio.wait_for(pod.process.wait(), 20) == 0


async def test_who_comes_once_nobody_accepts_is_refused_and_does_not_wait() -> None:
    async with open_pod(20) as pod:
        await pod.deploy(LEAVES)
        async with pod.http() as http, http.stream("GET", "/endless") as stream:
            parts = stream.aiter_bytes()  # held: without it the connection would be closed
            await anext(parts)
            pod.process.terminate()

            async def is_refused() -> bool:
                try:
                    _, writer = await asyncio.open_connection(HOST, pod.ready["ports"]["app"])
                except ConnectionRefusedError:
                    return True
                writer.close()
                return False

            await until(is_refused)
            assert pod.process.returncode is None
            pod.process.terminate()
        assert await asyncio.wait_for(pod.process.wait(), 20) == 0
