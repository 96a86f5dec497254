"""The pipes and sockets of a child, where the agent has hardly a descriptor left."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
from collections.abc import Iterator

import pytest
from agents import make_state
from client import Refused
from rig import Rig, delete_state, hello

from fapi_runner.agent.children.plumbing import Plumbing


def list_open() -> set[str]:
    with os.scandir("/proc/self/fd") as found:
        return {entry.name for entry in found if os.path.exists(entry.path)}


@contextlib.contextmanager
def with_room_for(count: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    ballast: list[int] = []
    try:
        with contextlib.suppress(OSError):
            while True:
                ballast.append(os.dup(0))
        for _ in range(count):
            os.close(ballast.pop())
        yield
    finally:
        for fd in ballast:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_gets_not_all_of_them_keeps_none() -> None:
    gc.collect()  # what another test has left
    before = list_open()
    refused = 0
    for room in range(64):
        with with_room_for(room):
            try:
                plumbing = Plumbing(is_serving=True, has_keeper=True)
            except OSError:
                refused += 1
            else:
                plumbing.close()
                del plumbing  # and with it the page
                break
        assert list_open() == before
    assert refused > 10
    assert list_open() == before


@pytest.mark.anyio
async def test_an_agent_that_has_hardly_a_descriptor_left_answers_and_goes_on_when_it_has() -> None:
    state = make_state()
    rig = await Rig.start(state, "--blanks", "0")
    agent = rig.ready["pid"]
    await rig.deploy(hello("old"))
    usual = resource.prlimit(agent, resource.RLIMIT_NOFILE)
    codes: list[str] = []
    for room in range(24):
        used = len(os.listdir(f"/proc/{agent}/fd"))
        resource.prlimit(agent, resource.RLIMIT_NOFILE, (used + room, usual[1]))
        try:
            await rig.deploy(hello(room))
        except Refused as refused:
            codes.append(refused.code)
    assert set(codes) == {"internal"}
    resource.prlimit(agent, resource.RLIMIT_NOFILE, usual)
    await rig.deploy(hello("new"))
    assert (await rig.get()).json() == "new"
    await rig.close()
    delete_state(state)
