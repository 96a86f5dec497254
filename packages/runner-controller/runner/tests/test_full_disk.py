"""A disk that is full, under a real agent: nothing that serves ends for it, and all of it passes with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator

import httpx
import pytest
from client import Refused
from disks import open_narrow_rig, without_links, without_space
from rig import Rig, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio
# With it, what the agent keeps takes more room than is freed by the way.
LONG = {"LONG": "x" * 100_000}


@pytest.fixture
async def narrow_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    async with open_narrow_rig("64m") as rig:
        yield rig


async def is_told(rig: Rig, text: str) -> None:
    await rig.client.event("log", lambda log: any(text in line["text"] for line in log["lines"]))


async def test_is_said_with_a_code_and_a_command_is_done_when_there_is_space(narrow_rig: Rig) -> None:
    rig = narrow_rig
    ready = await rig.prepare(hello("one"))
    with without_space(rig):
        for command in (rig.put(hello("two")), rig.prepare(hello("one"), "other")):
            with pytest.raises(Refused) as refused:
                await command
            assert refused.value.code == "disk_full"
            assert "free space there" in refused.value.message
    await rig.client.call("activate", **ready["key"])
    await rig.deploy(hello("two"), "other")


async def test_a_crashed_app_comes_back_on_it(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("here"), environment=LONG)
    await rig.read_kept()
    with without_space(rig):
        os.kill((await rig.app())["active"]["pid"], signal.SIGKILL)
        await rig.client.event("app", lambda app: app["restarts"] == 1 and "active" in app)
        assert (await rig.get()).json() == "here"
        # Somebody serves: whatever failed is over.
        assert "failure" not in await rig.app()


async def test_a_release_that_fails_on_trial_gives_way_on_it_and_that_is_kept_when_there_is_space(
    narrow_rig: Rig,
) -> None:
    rig = narrow_rig
    old = await rig.deploy(hello("old"), environment=LONG)
    new = await rig.deploy(read_case("work"), environment=LONG)
    await rig.read_kept()
    with without_space(rig):
        with pytest.raises(httpx.HTTPError):
            await rig.get("/exit")
        await rig.client.event("app", lambda app: "rolledBack" in app and "active" in app)
        assert (await rig.get()).json() == "old"

    async def is_kept() -> bool:
        (app,) = json.loads(await rig.read_kept())["apps"]
        rolled = app["rolled_back"]
        return rolled is not None and rolled["from_generation"] == new["generation"]

    await until(is_kept)
    await rig.kill()
    await rig.boot()
    assert (await rig.get()).json() == "old"
    assert (await rig.app())["active"]["generation"] == old["generation"]


async def test_an_app_is_stopped_on_it_and_stays_so_when_there_is_space(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("here"), environment=LONG)
    await rig.deploy(hello("here"), "other", environment=LONG)
    await rig.read_kept()
    with without_space(rig):
        await rig.client.call("stop", appId="app", generation=next(rig.generations))
        assert (await rig.app())["phase"] == "stopped"

    async def is_kept() -> bool:
        apps = {app["app_id"]: app["wanted"] for app in json.loads(await rig.read_kept())["apps"]}
        return apps == {"app": "stopped", "other": "running"}

    await until(is_kept)


async def test_an_app_whose_start_it_hinders_is_started_when_there_is_space(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("here"))
    with without_links(rig):
        os.kill((await rig.app())["active"]["pid"], signal.SIGKILL)
        await is_told(rig, "cannot be started while the runner's disk is full")
        assert (await rig.app())["phase"] == "crashed"
    assert (await rig.get()).json() == "here"


async def test_whoever_wakes_an_app_on_it_is_answered_when_there_is_space(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("here"))
    await rig.client.call("sleep", appId="app", generation=next(rig.generations))
    with without_links(rig):
        asking = asyncio.create_task(rig.get())
        await is_told(rig, "cannot be started while the runner's disk is full")
    assert (await asking).json() == "here"
    assert (await rig.app())["phase"] == "running"


async def test_a_switch_that_it_hinders_leaves_no_child_behind(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("old"))
    old = (await rig.app())["active"]["pid"]
    ready = await rig.prepare(hello("new"))
    (new,) = rig.list_pids() - {old}
    with without_links(rig), pytest.raises(Refused) as refused:
        await rig.client.call("activate", **ready["key"])
    assert refused.value.code == "disk_full"
    await until(lambda: not is_alive(new))
    assert (await rig.get()).json() == "old"
    await rig.deploy(hello("new"))
    assert (await rig.get()).json() == "new"


async def test_a_way_back_that_it_hinders_leaves_no_child_behind(narrow_rig: Rig) -> None:
    rig = narrow_rig
    await rig.deploy(hello("old"))
    old = (await rig.app())["active"]["pid"]
    await rig.deploy(hello("new"))
    await rig.client.event("app", lambda app: "parked" in app)
    with without_links(rig), pytest.raises(Refused) as refused:
        await rig.client.call("rollback", appId="app", generation=next(rig.generations))
    assert refused.value.code == "disk_full"
    await until(lambda: not is_alive(old))
    assert (await rig.get()).json() == "new"
    await rig.client.call("rollback", appId="app", generation=next(rig.generations))
    assert (await rig.get()).json() == "old"
