from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from agents import make_state
from census import read_name
from rig import PACKAGE, Rig, delete_state, find_zygote, hello, is_alive, until
from world import list_processes

pytestmark = pytest.mark.anyio
BLANKS = 3


@pytest.fixture
async def waiting(own_rig: Rig) -> tuple[Rig, list[int]]:
    return own_rig, await until(lambda: list_blanks(own_rig))


def list_blanks(rig: Rig) -> list[int]:
    """Return the children that wait, once there are as many as there should be and all have rehearsed."""
    blanks = [pid for pid in list_processes(rig.state) if read_name(pid) == "fapi-blank"]
    return blanks if len(blanks) == BLANKS else []


async def test_a_deploy_takes_a_blank_and_the_pool_is_filled_again(waiting: tuple[Rig, list[int]]) -> None:
    rig, blanks = waiting
    await rig.deploy(hello("taken"))
    assert (await rig.app())["active"]["pid"] in blanks
    assert (await rig.get("/")).json() == "taken"
    again = await until(lambda: list_blanks(rig))
    assert len(set(again) - set(blanks)) == 1


async def test_an_agent_whose_zygote_has_died_ends_in_good_order(waiting: tuple[Rig, list[int]]) -> None:
    rig, _ = waiting
    agent = rig.ready["pid"]
    known = {*list_processes(rig.state), find_zygote(rig)}
    children = Path(f"/proc/{agent}/task/{agent}/children")
    os.killpg(find_zygote(rig), signal.SIGKILL)
    # The first one is replaced at once, the second one after a pause: in it the agent is told to end.
    (second,) = await until(lambda: set(map(int, children.read_text().split())) - known)
    # Not its group: it may not lead one yet.
    os.kill(second, signal.SIGKILL)
    await until(lambda: not is_alive(second))
    await rig.client.call("shutdown")
    assert await asyncio.wait_for(rig.process.wait(), 10) == 0


async def test_a_dead_blank_is_never_handed_out(waiting: tuple[Rig, list[int]]) -> None:
    rig, blanks = waiting
    for pid in blanks:
        os.kill(pid, signal.SIGKILL)
    # At once: neither the agent nor the zygote may have noticed yet.
    keys = [await rig.deploy(hello(number), f"app{number}") for number in range(BLANKS + 1)]
    for number, key in enumerate(keys):
        assert (await rig.get("/", key["appId"])).json() == number
        assert (await rig.app(key["appId"]))["restarts"] == 0
    await until(lambda: list_blanks(rig))


async def test_a_stopped_blank_delays_and_does_not_fail_a_deploy(waiting: tuple[Rig, list[int]]) -> None:
    rig, blanks = waiting
    for pid in blanks:
        os.kill(pid, signal.SIGSTOP)
    deploying = asyncio.create_task(rig.deploy(hello("late")))
    await until(lambda: any((rig.state / "revisions").iterdir()))
    for pid in blanks:
        os.kill(pid, signal.SIGKILL)
    await deploying
    assert (await rig.get("/")).json() == "late"


async def test_a_zygote_takes_its_blanks_along_and_the_next_one_has_its_own(waiting: tuple[Rig, list[int]]) -> None:
    rig, blanks = waiting
    zygote = find_zygote(rig)
    os.kill(zygote, signal.SIGKILL)
    await until(lambda: not any(map(is_alive, [zygote, *blanks])))
    assert await until(lambda: list_blanks(rig))
    await rig.deploy(hello("next"))
    assert (await rig.get("/")).json() == "next"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_no_process_outlives_the_agent(waiting: tuple[Rig, list[int]], number: signal.Signals) -> None:
    rig, _ = waiting
    await rig.deploy(hello("served"))
    assert list_processes(rig.state)
    rig.process.send_signal(number)
    await rig.process.wait()
    await until(lambda: not list_processes(rig.state))


async def test_an_agent_without_blanks_forks_on_request() -> None:
    state = make_state()
    rig = await Rig.start(state, "--blanks", "0")
    await rig.deploy(hello("made"))
    assert (await rig.get("/")).json() == "made"
    await rig.close()
    delete_state(state)


def test_a_zygote_whose_agent_dies_before_it_has_read_everything_ends_in_order() -> None:
    state = make_state()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "fapi_runner", "zygote", "--fd", str(theirs.fileno()), "--state", str(state)]
    with subprocess.Popen(
        [*command, "--isolation-limit", "0"],
        env={"PYTHONPATH": str(PACKAGE)},
        cwd="/",
        pass_fds=[theirs.fileno()],
        stderr=subprocess.PIPE,
    ) as zygote:
        theirs.close()
        select.select([ours], [], [])  # it says that it is ready, and nobody will read that
        ours.close()
        _, errors = zygote.communicate(timeout=20)
    assert (zygote.returncode, errors) == (0, b"")
    delete_state(state)
