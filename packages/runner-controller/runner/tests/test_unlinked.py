"""Files of an app's folder that have no name any more, and are on the disk as long as somebody has them open."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from agents import Kind, find_python, list_kinds, make_state
from rig import Rig, delete_state, read_case, until

pytestmark = pytest.mark.anyio
LIMIT_MEBIBYTES = 16
# Goes on writing where it is already, so that only who counts what has no name stops it.
RUN = """
import os
import time

def test_fills():
    held = []
    for number in range(4):
        held.append(os.open("part", os.O_RDWR | os.O_CREAT))
        os.unlink("part")
        for _ in range(160):
            os.write(held[-1], bytes(1 << 20))
    # Who is not refused by the kernel is ended for going on, and not for what it has.
    while True:
        os.write(held[-1], bytes(1 << 20))
        time.sleep(0.05)
"""


@pytest.fixture(scope="module", params=[kind for kind in list_kinds() if kind.limit > 1], ids=str)
async def rig(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Rig]:
    kind: Kind = request.param
    state = make_state(kind.user)
    rig = await Rig.start(state, "--isolation-limit", str(kind.limit), python=find_python(), user=kind.user)
    layers = rig.client.hello["isolation"]["layers"]
    (reason,) = (layer["reason"] for layer in layers if layer["name"] == "folder-quota")
    try:
        if "deleted files" in reason:
            pytest.skip(reason)
        yield rig
    finally:
        await rig.close()
        delete_state(state)


def says(rig: Rig, app_id: str, part: str) -> bool:
    return any(part in line["text"] for line in rig.client.lines(app_id) if line["stream"] == "system")


async def hold(rig: Rig, app_id: str) -> int:
    used: int = (await rig.client.call("usage", appId=app_id))["folderBytes"]
    return used


async def is_in_use(rig: Rig, app_id: str, size: int) -> bool:
    return await hold(rig, app_id) >= size


async def test_a_deleted_file_counts_until_it_is_closed(rig: Rig) -> None:
    await rig.deploy(read_case("unlinked"), "opener", limits={"folderMiB": LIMIT_MEBIBYTES})
    assert (await rig.get("/open/8", "opener")).status_code == 200
    await until(lambda: is_in_use(rig, "opener", 8 << 20))
    await rig.get("/open/24", "opener")
    await until(lambda: says(rig, "opener", f"allowed are {LIMIT_MEBIBYTES} MiB in 20000."))
    await rig.get("/close", "opener")
    # Where the limits of its processes cannot be raised again, it is told to be deployed.
    await until(lambda: says(rig, "opener", "The app's folder is within its limit again."))


async def test_who_goes_on_is_refused_or_ended(rig: Rig) -> None:
    await rig.deploy(read_case("unlinked"), "hoarder", limits={"folderMiB": LIMIT_MEBIBYTES})

    async def is_stopped() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            if (await rig.get("/open/8", "hoarder")).status_code == 500:  # EFBIG
                return True
        failure = (await rig.app("hoarder")).get("failure")
        return failure is not None and "went on filling its folder" in failure["report"]["message"]

    await until(is_stopped)


@pytest.mark.parametrize("way", ["map", "send", "orphan", "headless", "deep"])
async def test_so_does_one_that_is_held_in_another_way(rig: Rig, way: str) -> None:
    # Mapped and not open, waiting in a socket, an orphan's, of a process whose first thread has ended, of no path.
    await rig.deploy(read_case("unlinked"), way, limits={"folderMiB": LIMIT_MEBIBYTES})
    assert (await rig.get(f"/{way}/40", way)).status_code == 200
    await until(lambda: says(rig, way, f"allowed are {LIMIT_MEBIBYTES} MiB in 20000."))


async def test_a_test_run_is_refused_what_it_deletes_and_keeps(rig: Rig) -> None:
    files = {"main.py": "", "tests/test_fills.py": RUN}
    result = await rig.client.call("test", digest=await rig.put(files), deadlineMs=30_000)
    assert [finding["code"] for finding in result["findings"]] != ["TST005"]
    assert any("allowed are 512 MiB in 20000." in line for line in result["output"])
