from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import tempfile
from pathlib import Path

import httpx
import pytest
from client import Refused
from rig import Rig, delete_state, find_zygote, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio


async def crash(rig: Rig, path: str) -> dict:
    before = (await rig.app())["restarts"]
    with pytest.raises(httpx.HTTPError):
        await rig.get(path)
    event = await rig.client.event("app", lambda app: app["phase"] == "crashed" and app["restarts"] == before)
    await rig.client.event("app", lambda app: app["phase"] == "running" and app["restarts"] > before)
    return event["failure"]["report"]


async def test_a_crashed_app_says_how_it_ended_and_is_started_again(rig: Rig) -> None:
    await rig.deploy(read_case("crash"))
    report = await crash(rig, "/exit")
    assert (report["phase"], report["class"], report["exitCode"]) == ("running", "crashed", 7)
    assert report["output"][-1] == "last words"
    assert (await rig.get("/")).status_code == 200
    report = await crash(rig, "/segfault")
    assert report["signal"] == "SIGSEGV"
    assert report["frames"][-1] | {"source": ""} == {
        "file": "main.py",
        "line": 23,
        "function": "segfault",
        "source": "",
    }
    assert (await rig.get("/")).status_code == 200
    assert (await rig.app())["restarts"] == 2


async def test_a_child_killed_from_outside_is_called_killed(rig: Rig) -> None:
    await rig.deploy(hello("here"), "killed")
    os.kill((await rig.app("killed"))["active"]["pid"], signal.SIGKILL)
    event = await rig.client.event("app", lambda app: app["appId"] == "killed" and "failure" in app)
    assert event["failure"]["report"]["class"] == "killed"
    assert (await rig.get("/", "killed")).json() == "here"


async def test_the_traceback_of_a_500_is_in_the_log_whole(rig: Rig) -> None:
    await rig.deploy(read_case("crash"), "raises")
    assert (await rig.get("/raise", "raises")).status_code == 500

    def is_last(log: dict) -> bool:
        return any(line["text"] == "ValueError: told you so" for line in log["lines"])

    await rig.client.event("log", is_last)
    texts = [line["text"] for line in rig.client.lines("raises") if line["stream"] == "stderr"]
    assert any(text.endswith('main.py", line 28, in fail') for text in texts)


def has_zygote(rig: Rig) -> bool:
    try:
        return bool(find_zygote(rig))
    except (OSError, StopIteration):
        return False


async def test_apps_survive_their_zygote_and_the_next_prepare_finds_a_new_one(own_rig: Rig) -> None:
    rig = own_rig
    await rig.deploy(read_case("crash"))
    # As the machine counts: in a namespace of its own every child has the same number.
    pid = (await rig.app())["active"]["pid"]
    zygote = find_zygote(rig)
    # With its group, for that is what the agent ends when it is first to see the end.
    os.killpg(zygote, signal.SIGKILL)
    await until(lambda: not Path(f"/proc/{zygote}").exists())
    # Whatever that end brought about is over once the next one is there.
    await until(lambda: has_zygote(rig))
    assert (await rig.get("/")).status_code == 200
    app = await rig.app()
    assert (app["active"]["pid"], app["restarts"]) == (pid, 0)
    # Its parent is the agent now, which therefore still learns of its end.
    await crash(rig, "/exit")
    await rig.deploy(hello("new"))
    assert (await rig.get("/")).json() == "new"


async def test_a_new_agent_brings_back_what_was_active_and_no_old_child_remains(own_rig: Rig) -> None:
    rig = own_rig
    key = await rig.deploy(read_case("environment"), environment={"GREETING": "kept"})
    await rig.deploy(hello("stopped"), "stopped")
    await rig.client.call("stop", appId="stopped", generation=next(rig.generations))
    old_agent, old_child = rig.ready["agentId"], (await rig.app())["active"]["pid"]
    await rig.prepare(hello("candidate"), "other")
    children = [int(path.name) for path in (rig.state / "children").iterdir()]
    await rig.kill()
    await until(lambda: not any(is_alive(pid) for pid in children), timeout=2)
    assert old_child in children
    await rig.boot()
    assert rig.ready["agentId"] != old_agent
    assert (await rig.get("/")).json()["greeting"] == "kept"
    app = await rig.app()
    assert app["active"]["digest"] == key["digest"]
    assert (await rig.app("stopped"))["phase"] == "stopped"
    assert json.loads((rig.state / "agent.json").read_text())["agentId"] == rig.ready["agentId"]


async def test_not_even_a_spinning_child_or_its_own_fork_outlives_the_agent(own_rig: Rig) -> None:
    rig = own_rig
    await rig.deploy(read_case("spin"))
    pid = (await rig.app())["active"]["pid"]
    # Without its zygote nobody else is left who could kill it.
    os.kill(find_zygote(rig), signal.SIGKILL)
    spinning = asyncio.create_task(rig.get("/spin"))
    grandchild = int(await until(lambda: Path(f"/proc/{pid}/task/{pid}/children").read_text()))
    await rig.kill()
    await until(lambda: not is_alive(pid) and not is_alive(grandchild), timeout=2)
    with pytest.raises(httpx.HTTPError):
        await spinning


CRASHES = (
    "import os, threading\nfrom fastapi import FastAPI\napp = FastAPI()\nthreading.Timer(0.02, os._exit, [1]).start()\n"
)


async def test_the_agent_ends_in_the_middle_of_a_crash_loop(own_rig: Rig) -> None:
    rig = own_rig
    for number in range(8):
        with contextlib.suppress(Refused):
            await rig.deploy({"main.py": CRASHES}, f"loop{number}")
    await rig.client.event("app", lambda app: app["restarts"] > 1)
    rig.process.terminate()
    assert await asyncio.wait_for(rig.process.wait(), 5) == 0
    assert not list((rig.state / "children").iterdir())


async def test_an_agent_without_a_controller_ends_by_itself() -> None:
    state = Path(tempfile.mkdtemp(prefix="fapi-"))
    rig = await Rig.start(state, "--orphan-seconds", "0.5")
    await rig.deploy(hello("alone"))
    pid = (await rig.app())["active"]["pid"]
    await rig.client.close()
    assert await asyncio.wait_for(rig.process.wait(), 5) == 0
    assert not is_alive(pid)
    assert not (state / "agent.json").exists()
    delete_state(state)
