"""Revisions that nobody needs are deleted; whatever may be needed stays."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
from agents import make_state
from client import Refused
from rig import Rig, delete_state, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio
NUMBERS = itertools.count(1)


@pytest.fixture
async def small_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    state = make_state()
    rig = await Rig.start(state, "--revisions-kept", "3", "--revisions-mebibytes", "1")
    yield rig
    await rig.close()
    delete_state(state)


def age(rig: Rig, *digests: str) -> None:
    """Have it be an hour since these were asked for, the first one the longest."""
    for index, digest in enumerate(digests):
        hour_ago = time.time() - 3600 + index
        os.utime(rig.state / "revisions" / digest, (hour_ago, hour_ago))


def list_kept(rig: Rig) -> set[str]:
    return {path.name for path in (rig.state / "revisions").iterdir()}


async def put_another(rig: Rig) -> str:
    return await rig.put(hello(f"another {next(NUMBERS)}"))


async def test_the_newest_used_stay_and_older_ones_go(small_rig: Rig) -> None:
    digests = [await put_another(small_rig) for _ in range(6)]
    age(small_rig, *digests)
    assert (await small_rig.client.call("has", digest=digests[0]))["have"] is True
    newest = await put_another(small_rig)
    await until(lambda: list_kept(small_rig) == {digests[0], digests[5], newest})
    assert (await small_rig.client.call("has", digest=digests[1]))["have"] is False
    with pytest.raises(Refused, match="unknown_revision"):
        await small_rig.client.call("validate", digest=digests[1])


async def test_what_was_just_asked_for_stays_however_much_it_is(small_rig: Rig) -> None:
    digests = {await put_another(small_rig) for _ in range(6)}
    old = await put_another(small_rig)
    age(small_rig, old)
    await put_another(small_rig)
    await until(lambda: old not in list_kept(small_rig))
    assert digests <= list_kept(small_rig)


async def test_together_they_take_no_more_than_their_share_of_the_disk(small_rig: Rig) -> None:
    large = [await small_rig.put({**hello("large"), "data.bin": os.urandom(700_000)}) for _ in range(2)]
    age(small_rig, *large)
    await put_another(small_rig)
    await until(lambda: large[0] not in list_kept(small_rig))
    assert large[1] in list_kept(small_rig)


async def test_what_an_app_is_may_go_back_to_or_is_about_to_be_stays(small_rig: Rig) -> None:
    rig = small_rig
    former = (await rig.deploy(hello("former"), "kept", parkS=0))["digest"]
    active = (await rig.deploy(hello("active"), "kept", parkS=0))["digest"]
    candidate = (await rig.prepare(hello("candidate"), "kept"))["key"]["digest"]
    stopped = (await rig.deploy(hello("stopped"), "stopped"))["digest"]
    await rig.client.call("stop", appId="stopped", generation=next(rig.generations))
    drafted = await rig.put(hello("drafted"))
    asked = {"appId": "kept", "host": "kept.localhost", "session": "s", "sequence": 1, "digest": drafted}
    await rig.client.call("draft", **asked, envVersion=1, environment={}, deadlineMs=10_000)
    needed = {former, active, candidate, stopped, drafted}
    spare = [await put_another(rig) for _ in range(4)]
    age(rig, *needed, *spare)
    await put_another(rig)
    await until(lambda: spare[1] not in list_kept(rig))
    assert needed <= list_kept(rig)
    back = await rig.client.call("rollback", appId="kept", generation=next(rig.generations))
    assert back["digest"] == former
    assert (await rig.get("/", "kept")).json() == "former"


async def test_a_revision_stays_while_its_tests_run(small_rig: Rig) -> None:
    tested = await small_rig.put(read_case("test_hang"))
    running = asyncio.create_task(small_rig.client.call("test", digest=tested, deadlineMs=8000))
    await until(lambda: list((small_rig.state / "scratch").glob("*/project")))
    spare = [await put_another(small_rig) for _ in range(4)]
    age(small_rig, tested, *spare)
    await put_another(small_rig)
    await until(lambda: spare[0] not in list_kept(small_rig))
    assert tested in list_kept(small_rig)
    assert (await running)["findings"][0]["code"] == "TST005"


async def test_a_new_agent_deletes_what_the_former_one_left(small_rig: Rig) -> None:
    half_done = small_rig.state / "revisions" / ".old-half-deleted"
    digests = [await put_another(small_rig) for _ in range(5)]
    await small_rig.close()
    (half_done / "inner").mkdir(parents=True)
    for folder in (half_done / "inner", half_done):
        folder.chmod(0o555)
    age(small_rig, *digests)
    await small_rig.boot("--revisions-kept", "2")
    await until(lambda: list_kept(small_rig) == set(digests[3:]))
    assert not half_done.exists()


async def test_a_name_that_no_disk_takes_is_refused_without_a_path_of_this_machine(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.put({"n" * 300: "x"})
    assert refused.value.code == "bad_request"
    assert refused.value.message == "The tar has an entry that cannot be unpacked: File name too long."


@pytest.mark.parametrize("way", ["crashes", "is woken"])
async def test_an_app_whose_code_is_gone_has_no_next_start_and_says_so_until_it_is_sent_again(
    rig: Rig, way: str
) -> None:
    app_id = way.replace(" ", "-")
    key = await rig.deploy(hello(way), app_id)
    code = rig.state / "revisions" / key["digest"]
    pid = (await rig.app(app_id))["active"]["pid"]
    if way == "is woken":
        await rig.client.call("sleep", appId=app_id, generation=next(rig.generations))
    code.rename(rig.state / "elsewhere")
    delete_state(rig.state / "elsewhere")
    if way == "crashes":
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not is_alive(pid))
    # Whoever asks waits until it was sent again.
    asking = asyncio.create_task(rig.get("/", app_id))
    await rig.client.event("app", lambda app: app["appId"] == app_id and app["phase"] == "idle" and app["restarts"] > 0)
    await rig.deploy(hello(way), app_id)
    assert (await asking).json() == way
