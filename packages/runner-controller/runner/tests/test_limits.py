"""An app has the limits that an operator gave it, and what ends it says which number that was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from agents import Kind, find_python, list_kinds, make_state
from client import Refused
from rig import Rig, delete_state, hello, read_case, until

pytestmark = pytest.mark.anyio
KINDS = [kind for kind in list_kinds() if kind.limit >= 2]


@pytest.fixture(scope="module", params=KINDS, ids=str)
async def rig(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Rig]:
    kind: Kind = request.param
    state = make_state(kind.user)
    rig = await Rig.start(state, "--isolation-limit", str(kind.limit), python=find_python(), user=kind.user)
    yield rig
    await rig.close()
    delete_state(state)


async def eat(rig: Rig, app_id: str, megabytes: int) -> int | None:
    async with rig.http(app_id) as http:
        try:
            return (await http.get(f"/eat/{megabytes}", timeout=30)).status_code
        except httpx.HTTPError:  # ended before it could answer
            return None


async def test_an_app_with_less_memory_dies_where_one_with_the_default_lives(rig: Rig) -> None:
    await rig.deploy(read_case("limited"), "default")
    await rig.deploy(read_case("limited"), "small", limits={"memoryMiB": 128})
    assert await eat(rig, "default", 300) == 200
    await eat(rig, "small", 300)
    report = (await rig.wait_for_failure("small"))["report"]
    assert (report["class"], report["limitBytes"]) == ("memory", 128 << 20)
    assert "Its limit is 128 MiB." in report["message"]
    assert (await rig.app("default"))["restarts"] == 0


async def test_an_allocation_that_cannot_be_names_the_number_of_the_app(rig: Rig) -> None:
    await rig.deploy(read_case("limited"), "asks", limits={"memoryMiB": 256})
    assert await eat(rig, "asks", 4096) == 500
    event = await rig.client.event("app", lambda app: app["appId"] == "asks" and "trouble" in app)
    assert event["trouble"]["report"]["limitBytes"] == 256 << 20


async def test_an_app_with_more_memory_lives_where_one_process_of_the_default_is_refused(rig: Rig) -> None:
    await rig.deploy(read_case("limited"), "large", limits={"memoryMiB": 2304})
    assert await eat(rig, "large", 1100) == 200
    await rig.deploy(read_case("limited"), "large")
    assert await eat(rig, "large", 1100) == 500


async def test_a_draft_is_adopted_only_by_a_release_of_its_limits(rig: Rig) -> None:
    files = read_case("limited")
    asked = {"session": "s", "digest": await rig.put(files), "envVersion": 1, "environment": {}, "deadlineMs": 30_000}
    for sequence, (limits, is_adopted) in enumerate([({"memoryMiB": 200}, True), ({"memoryMiB": 201}, False)]):
        app_id = f"drafted-{sequence}"
        draft = {**asked, "appId": app_id, "host": f"{app_id}.localhost", "sequence": 1, "limits": {"memoryMiB": 200}}
        await rig.client.call("draft", **draft)
        assert (await rig.prepare(files, app_id, limits=limits))["adopted"] is is_adopted


async def test_a_full_folder_is_told_the_number_of_the_app(rig: Rig) -> None:
    await rig.deploy(read_case("limited"), "filler", limits={"folderMiB": 16})
    await rig.get("/fill/40", "filler")
    told = "allowed are 16 MiB in 20000."
    # While others free what this one fills, the disk tells nobody, and the look without a reason comes every 30 s.
    await until(lambda: any(told in line["text"] for line in rig.client.lines("filler")), 40)
    # Raised, it may write again.
    await rig.deploy(read_case("limited"), "filler", limits={"folderMiB": 64})
    await until(lambda: any("within its limit again" in line["text"] for line in rig.client.lines("filler")))
    assert (await rig.get("/fill/1", "filler")).status_code == 200


async def test_the_next_agent_starts_an_app_with_its_limits(rig: Rig) -> None:
    await rig.deploy(read_case("limited"), "kept", limits={"memoryMiB": 128})
    await rig.kill()
    await rig.boot()
    await rig.wait_until_running("kept")
    await eat(rig, "kept", 300)
    assert (await rig.wait_for_failure("kept"))["report"]["limitBytes"] == 128 << 20


async def test_what_an_app_uses_is_told_as_its_limits_count_it(rig: Rig) -> None:
    key = await rig.deploy(read_case("limited"), "used")
    before = await use(rig, "used")
    assert 0 < before["memoryBytes"] < 100 << 20
    assert before["folderBytes"] < 1 << 20
    assert await eat(rig, "used", 200) == 200
    assert (await rig.get("/fill/5", "used")).status_code == 200
    await until(lambda: has_grown(rig, "used", before, memory=195 << 20, folder=5 << 20))
    await rig.client.call("stop", appId="used", generation=key["generation"])
    # Nothing of it runs; its folder is kept.
    stopped = await use(rig, "used")
    assert stopped.keys() == {"folderBytes"}
    assert stopped["folderBytes"] >= 5 << 20


async def use(rig: Rig, app_id: str) -> dict[str, int]:
    used: dict[str, int] = await rig.client.call("usage", appId=app_id)
    return used


async def has_grown(rig: Rig, app_id: str, before: dict[str, int], memory: int, folder: int) -> bool:
    now = await use(rig, app_id)
    return now["memoryBytes"] - before["memoryBytes"] >= memory and now["folderBytes"] - before["folderBytes"] >= folder


@pytest.mark.parametrize("limits", [{"memoryMiB": 0}, {"memoryMiB": 1.5}, {"folderMiB": "1"}, {"folderMiB": 2**40}, []])
async def test_what_is_no_limit_is_refused(rig: Rig, limits: object) -> None:
    with pytest.raises(Refused) as refused:
        await rig.prepare(read_case("limited"), "refused", limits=limits)
    assert refused.value.code == "bad_request"


async def test_an_app_starts_and_answers_with_the_least_that_can_be_set(rig: Rig) -> None:
    await rig.deploy(hello("here"), "least", limits={"memoryMiB": 64, "folderMiB": 16})
    assert (await rig.get("/", "least")).json() == "here"
    assert (await rig.app("least"))["restarts"] == 0
