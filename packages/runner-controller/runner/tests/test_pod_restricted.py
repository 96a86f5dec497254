"""The agent as process 1 of a restricted pod: no root, no privilege, a read-only file system, no namespaces to make."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import find_python
from hostile import find_reached
from pods import Pod, start_restricted
from restricted import find_obstacle
from rig import delete_state, hello, until

pytestmark = pytest.mark.anyio
FORKS = """\
import os, time
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
def root():
    # A grandchild whose parent is gone: nobody of the app will ever wait for it.
    if os.fork() == 0:
        if os.fork() == 0:
            time.sleep(0.2)
            os._exit(0)
        os._exit(0)
    os.wait()
    return "forked"
@app.get("/write")
def write():
    told = []
    for place in ("/tmp/x", "/var/run/x", "/x", os.environ["CODE"] + "/x"):
        try:
            open(place, "w").close()
            told.append(place)
        except OSError:
            pass
    open("own", "w").close()
    return told
"""


@pytest.fixture
async def restricted(anyio_backend: str) -> AsyncIterator[Pod]:
    python = find_python()
    if obstacle := find_obstacle():
        pytest.skip(f"no restricted pod can be made here: {obstacle}")
    pod = await start_restricted(python)
    yield pod
    await pod.close()
    delete_state(pod.state)


def find_first(pod: Pod) -> int:
    """Return the number that the pod's process 1 has out here."""
    return int(Path(f"/proc/{pod.process.pid}/task/{pod.process.pid}/children").read_text().split()[0])


async def test_it_is_process_1_says_what_holds_and_serves(restricted: Pod) -> None:
    assert restricted.ready["pid"] == 1
    isolation = restricted.client.hello["isolation"]
    layers = {layer["name"]: layer for layer in isolation["layers"]}
    assert "namespaces" in layers
    assert not layers["namespaces"]["active"]
    assert layers["namespaces"]["reason"]
    assert layers["seccomp"]["active"]
    assert isolation["level"] == (2 if layers["landlock"]["active"] else 0)
    assert layers["agent-key"]["active"] == layers["landlock"]["active"]
    assert all(layer["active"] or layer["reason"] for layer in isolation["layers"])
    await restricted.deploy(hello("one"))
    await restricted.deploy(hello("two"))
    assert (await restricted.get()).json() == "two"
    await restricted.client.call("freeze", appId="app", generation=next(restricted.generations))
    assert (await restricted.get()).json() == "two"


async def test_an_app_in_it_has_no_way_to_the_agent(restricted: Pod) -> None:
    assert await find_reached(restricted) == {}


async def test_an_app_writes_to_its_own_folder_alone(restricted: Pod) -> None:
    await restricted.deploy({"main.py": FORKS}, environment={"CODE": str(Path(__file__).parents[1])})
    assert (await restricted.get("/write")).json() == []


async def test_it_reaps_whatever_is_left_to_process_1(restricted: Pod) -> None:
    await restricted.deploy({"main.py": FORKS})
    first = find_first(restricted)
    for _ in range(5):
        assert (await restricted.get()).json() == "forked"

    def has_reaped() -> bool:
        # Every process of its namespace, by its state.
        stats = [
            path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat") if is_of(path)
        ]
        return not any(fields[0] == "Z" for fields in stats)

    def is_of(path: Path) -> bool:
        try:
            return os.readlink(path.parent / "ns" / "pid") == os.readlink(f"/proc/{first}/ns/pid")
        except OSError:
            return False

    await until(has_reaped)


async def test_a_sigterm_from_outside_ends_it_and_the_next_container_goes_on(restricted: Pod) -> None:
    await restricted.deploy(hello("kept"))
    os.kill(find_first(restricted), signal.SIGTERM)
    assert await asyncio.wait_for(restricted.process.wait(), 40) == 0
    await restricted.boot()
    await restricted.client.event("app", lambda app: app["phase"] == "running")
    assert (await restricted.get()).json() == "kept"


async def test_no_process_outlives_it(restricted: Pod) -> None:
    await restricted.deploy(hello("alone"))
    first = find_first(restricted)
    namespace = os.readlink(f"/proc/{first}/ns/pid")
    os.kill(first, signal.SIGKILL)
    await restricted.process.wait()

    def is_empty() -> bool:
        for path in Path("/proc").glob("[0-9]*/ns/pid"):
            try:
                if os.readlink(path) == namespace:
                    return False
            except OSError:
                continue
        return True

    await until(is_empty)
    await restricted.boot()
