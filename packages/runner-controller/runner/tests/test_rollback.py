from __future__ import annotations

import asyncio
import os
import signal
import time

import httpx
import pytest
from client import Json, Refused
from rig import Rig, hello, is_alive, read_case, until

from fapi_runner.agent.procfs import read_stat
from fapi_runner.agent.serving.care import TRIAL_S

pytestmark = pytest.mark.anyio


async def pid_of(rig: Rig, app_id: str) -> int:
    return (await rig.app(app_id))["active"]["pid"]


def printed(rig: Rig, app_id: str) -> list[str]:
    return [line["text"] for line in rig.client.lines(app_id) if line["stream"] == "stdout"]


async def park(rig: Rig, app_id: str) -> int:
    """Deploy something over the app that serves and wait until its child stands still."""
    pid = await pid_of(rig, app_id)
    await rig.deploy(hello("new"), app_id)
    await rig.client.event("app", lambda app: app["appId"] == app_id and "parked" in app)
    assert read_stat(pid).state == "T"  # stopped, for the whole time that it is called parked
    return pid


async def test_a_former_child_is_parked_and_a_rollback_has_it_serve_again(rig: Rig) -> None:
    old = await rig.deploy(read_case("work"), "parked")
    born = (await rig.get("/", "parked")).json()
    await park(rig, "parked")
    assert (await rig.app("parked"))["parked"]["generation"] == old["generation"]
    back = await rig.client.call("rollback", appId="parked", generation=next(rig.generations))
    assert (back["generation"], back["digest"]) == (old["generation"], old["digest"])
    assert (await rig.get("/", "parked")).json() == born
    app = await rig.app("parked")
    assert app["phase"] == "running"
    assert app["active"]["generation"] == old["generation"]
    assert "rolledBack" not in app
    # It never stopped: what it had started at its beginning was not started twice.
    assert printed(rig, "parked") == ["started"]


async def test_a_rollback_that_is_asked_for_twice_is_done_once_and_another_goes_forward_again(rig: Rig) -> None:
    old = await rig.deploy(hello("old"), "twice")
    new = await rig.deploy(hello("new"), "twice")
    generation = next(rig.generations)
    for _ in range(2):
        await rig.client.call("rollback", appId="twice", generation=generation)
        assert (await rig.get("/", "twice")).json() == "old"
    forward = {"generation": next(rig.generations), "toGeneration": new["generation"]}
    for _ in range(2):
        await rig.client.call("rollback", appId="twice", **forward)
        assert (await rig.get("/", "twice")).json() == "new"
    with pytest.raises(Refused, match="unprepared"):
        await rig.client.call("rollback", appId="twice", generation=next(rig.generations), toGeneration=999_999)
    with pytest.raises(Refused, match="stale_generation"):
        await rig.client.call("rollback", appId="twice", generation=old["generation"])


async def test_a_rollback_during_the_drain_takes_the_child_back_and_its_guests_stay(rig: Rig) -> None:
    await rig.deploy(read_case("long"), "draining")
    pid = await pid_of(rig, "draining")
    async with rig.http("draining") as http, http.stream("GET", "/stream") as stream:
        parts = stream.aiter_text()
        assert await anext(parts) == "first,"
        await rig.deploy(hello("new"), "draining")
        await rig.client.call("rollback", appId="draining", generation=next(rig.generations))
        assert await pid_of(rig, "draining") == pid
        (rig.state / "apps" / "draining" / "done").touch()
        assert [part async for part in parts] == ["last"]
        assert (await rig.get("/slow", "draining")).json() == "slow"


async def test_a_rollback_at_any_moment_after_the_switch_finds_the_child(rig: Rig) -> None:
    keys = [await rig.deploy(read_case("work"), "moment") for _ in range(2)]
    starts = {(await rig.get("/", "moment")).json()}
    for number in range(30):
        # Draining, asked for its work, being stopped, stopped: all of it happens within these moments.
        await asyncio.sleep(number * 0.005)
        to = keys[number % 2]["generation"]
        await rig.client.call("rollback", appId="moment", generation=next(rig.generations), toGeneration=to)
        starts.add((await rig.get("/", "moment")).json())
    assert len(starts) == 2


async def test_without_its_child_a_rollback_starts_the_former_release_afresh(rig: Rig) -> None:
    await rig.deploy(hello("old"), "afresh", parkS=0)
    pid = await pid_of(rig, "afresh")
    await rig.deploy(hello("new"), "afresh")
    await until(lambda: not is_alive(pid))
    await rig.client.call("rollback", appId="afresh", generation=next(rig.generations))
    assert (await rig.get("/", "afresh")).json() == "old"
    assert await pid_of(rig, "afresh") != pid


async def test_a_parked_child_that_was_killed_is_replaced_by_a_fresh_one(rig: Rig) -> None:
    await rig.deploy(read_case("work"), "killed")
    born = (await rig.get("/", "killed")).json()
    pid = await park(rig, "killed")
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not is_alive(pid))
    await rig.client.call("rollback", appId="killed", generation=next(rig.generations))
    assert (await rig.get("/", "killed")).json() not in (born, "new")


async def test_a_parked_child_runs_its_shutdown_when_its_time_is_over(rig: Rig) -> None:
    await rig.deploy(read_case("work"), "over", parkS=0.3)
    pid = await park(rig, "over")
    await until(lambda: not is_alive(pid))
    await until(lambda: printed(rig, "over") == ["started", "shut down"])
    await rig.client.event("app", lambda app: app["appId"] == "over" and "parked" not in app)


@pytest.mark.parametrize("work", ["connect", "spawn", "task", "lock"])
async def test_a_child_with_work_is_not_parked_but_shut_down(rig: Rig, work: str) -> None:
    app_id = f"busy-{work}"
    await rig.deploy(read_case("work"), app_id)
    pid = await pid_of(rig, app_id)
    assert (await rig.get(f"/{work}", app_id)).status_code == 200
    await rig.deploy(hello("new"), app_id)
    await until(lambda: not is_alive(pid))
    # Its end is seen here before its last words are read there.
    await until(lambda: rig.client.lines(app_id)[-1]["text"] == "shut down")


async def fail_on_trial(rig: Rig, app_id: str, path: str) -> Json:
    with pytest.raises(httpx.HTTPError):
        await rig.get(path, app_id)
    return await rig.client.event("app", lambda app: app["appId"] == app_id and "rolledBack" in app and "active" in app)


async def test_a_crash_soon_after_the_switch_rolls_back_once(rig: Rig) -> None:
    old = await rig.deploy(hello("old"), "trial")
    new = await rig.deploy(read_case("work"), "trial")
    app = await fail_on_trial(rig, "trial", "/exit")
    assert (app["rolledBack"]["from"], app["rolledBack"]["to"]) == (new["generation"], old["generation"])
    assert app["rolledBack"]["report"]["exitCode"] == 7
    told = {name: app["rolledBack"][name] for name in ("report", "finding")}
    assert app["failure"] == {"generation": new["generation"], **told}
    assert (app["phase"], app["restarts"]) == ("running", 0)
    assert (await rig.get("/", "trial")).json() == "old"
    # The end of that generation: whoever asks for it again is told why.
    for method in ("prepare", "activate"):
        with pytest.raises(Refused, match="failed"):
            await rig.client.call(method, **(prepare_params(new) if method == "prepare" else new))
    assert (await rig.get("/", "trial")).json() == "old"


@pytest.mark.slow
async def test_a_crash_after_the_trial_is_a_restart_in_place(rig: Rig) -> None:
    await rig.deploy(hello("old"), "proven")
    new = await rig.deploy(read_case("work"), "proven")
    over_at = time.monotonic() + TRIAL_S
    await until(lambda: time.monotonic() > over_at, timeout=TRIAL_S + 5)  # nothing else tells of the end of a trial
    with pytest.raises(httpx.HTTPError):
        await rig.get("/exit", "proven")
    app = await rig.client.event("app", lambda app: app["appId"] == "proven" and app["restarts"] and "active" in app)
    assert (app["restarts"], app["active"]["generation"]) == (1, new["generation"])
    assert "rolledBack" not in app


def prepare_params(key: Json) -> Json:
    return key | {"host": "h", "envVersion": 1, "environment": {}, "deadlineMs": 1000}


async def test_the_one_that_came_back_is_restarted_when_it_crashes_too_and_never_swapped_again(rig: Rig) -> None:
    old = await rig.deploy(read_case("work"), "loops")
    await rig.deploy(read_case("work") | {"other.txt": "x"}, "loops")
    await fail_on_trial(rig, "loops", "/exit")
    with pytest.raises(httpx.HTTPError):
        await rig.get("/exit", "loops")
    app = await rig.client.event(
        "app", lambda app: app["appId"] == "loops" and app["restarts"] == 1 and "active" in app
    )
    assert app["active"]["generation"] == old["generation"]
    assert app["rolledBack"]["to"] == old["generation"]


ONCE = """\
import os
from fastapi import FastAPI
if os.path.exists("started"):
    raise RuntimeError("only once")
open("started", "w").close()
app = FastAPI()
"""


async def test_when_the_former_cannot_start_either_both_reports_are_shown(rig: Rig) -> None:
    await rig.deploy({"main.py": ONCE}, "both", parkS=0)
    pid = await pid_of(rig, "both")
    await rig.deploy(read_case("work"), "both")
    await until(lambda: not is_alive(pid))
    with pytest.raises(httpx.HTTPError):
        await rig.get("/exit", "both")
    app = await rig.client.event("app", lambda app: app["appId"] == "both" and "rolledBack" in app)
    assert app["phase"] == "crashed"
    assert app["rolledBack"]["report"]["exitCode"] == 7
    assert app["failure"]["report"]["message"] == "only once"


async def test_a_blocked_loop_is_reported_with_its_line_and_the_app_goes_on(rig: Rig) -> None:
    await rig.deploy(read_case("work"), "stall")
    async with rig.http("stall") as http:
        blocked = asyncio.create_task(http.get("/block?seconds=1.6"))
        app = await rig.client.event("app", lambda app: app["appId"] == "stall" and app.get("stalled"))
        assert app["stalled"]["finding"]["code"] == "RES014"
        assert app["stalled"]["generation"] == app["active"]["generation"]
        report = app["stalled"]["report"]
        assert report == app["failure"]["report"]
        assert (report["class"], report["phase"]) == ("stalled", "running")
        line = read_case("work")["main.py"].decode().splitlines().index("    time.sleep(seconds)") + 1
        assert report["frames"][-1] | {"function": "block"} == {
            "file": "main.py",
            "line": line,
            "function": "block",
            "source": "time.sleep(seconds)",
        }
        assert f"main.py, line {line}" in report["message"]
        assert "1 request in flight" in report["message"]
        assert (await blocked).json() == "free"
    await rig.client.event("app", lambda app: app["appId"] == "stall" and "stalled" not in app and "failure" in app)


async def test_a_stall_soon_after_the_switch_rolls_back(rig: Rig) -> None:
    await rig.deploy(hello("old"), "stalls")
    await rig.deploy(read_case("work"), "stalls")
    app = await fail_on_trial(rig, "stalls", "/block?seconds=60")
    assert app["rolledBack"]["report"]["class"] == "stalled"
    assert app["rolledBack"]["report"]["frames"]
    assert (await rig.get("/", "stalls")).json() == "old"


CRASHES = "import os, threading\nfrom fastapi import FastAPI\napp = FastAPI()\n"
CRASHES += "threading.Timer(0.5, os._exit, [1]).start()\n"


async def test_a_crash_loop_shows_and_a_good_deploy_ends_it(rig: Rig) -> None:
    await rig.deploy({"main.py": CRASHES}, "loop")
    app = await rig.client.event("app", lambda app: app["appId"] == "loop" and app.get("crashLoop"), timeout=15)
    assert app["restarts"] >= 2
    await rig.deploy(hello("good"), "loop")
    assert "crashLoop" not in await rig.app("loop")
    assert (await rig.get("/", "loop")).json() == "good"


BLOCKED = """
from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def root():
    return "old"

@app.get("/block")
async def block():
    while True:
        pass
"""
SHORT = """
import contextlib, os, threading
from fastapi import FastAPI

@contextlib.asynccontextmanager
async def lifespan(app):
    threading.Timer(1, os._exit, [3]).start()
    yield

app = FastAPI(lifespan=lifespan)
"""


async def test_a_release_that_ends_while_the_former_is_sent_away_failed_and_the_former_comes_back(rig: Rig) -> None:
    old = await rig.deploy({"main.py": BLOCKED}, "handover")
    blocking = asyncio.create_task(rig.get("/block", "handover"))
    await rig.client.event("app", lambda app: app["appId"] == "handover" and "stalled" in app)
    # The former cannot even hear that it is to go: that is waited for, and meanwhile the new one ends.
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": SHORT}, "handover")
    assert refused.value.code == "failed"
    assert refused.value.report["exitCode"] == 3
    await asyncio.gather(blocking, return_exceptions=True)

    async def is_back() -> bool:
        app = await rig.app("handover")
        return "rolledBack" in app and app.get("active", {}).get("generation") == old["generation"]

    await until(is_back)
    assert (await rig.get("/", "handover")).json() == "old"
