"""A draft whose keeper does not answer: what is deployed then is no draft."""

from __future__ import annotations

import os
import signal

import pytest
from census import find_keeper
from rig import Rig

pytestmark = pytest.mark.anyio
# Quick as a draft; anew it takes longer than the keeper's answer is waited for.
LOOKS = """
import os, time
from fastapi import FastAPI

if "views" not in os.getcwd():
    time.sleep(5)
app = FastAPI()

@app.get("/")
def look():
    return sorted(os.listdir())
"""


async def test_a_draft_whose_folder_stays_covered_is_not_deployed(own_rig: Rig) -> None:
    rig = own_rig
    if os.getuid() != 0:
        pytest.skip("whose keeper is which is told to root alone")
    files: dict[str, str | bytes] = {"main.py": LOOKS}
    params = {"appId": "app", "host": "h", "session": "s", "sequence": 1, "envVersion": 1, "environment": {}}
    await rig.client.call("draft", **params, digest=await rig.put(files), deadlineMs=10_000)
    (child,) = rig.list_pids()
    keeper = find_keeper(child)
    if keeper is None:
        pytest.skip("children have no namespaces here, and drafts no cover")
    os.kill(keeper, signal.SIGSTOP)
    try:
        prepared = await rig.prepare(files)
        assert prepared["adopted"] is False
        await rig.client.call("activate", **prepared["key"])
        (rig.state / "apps" / "app" / "kept").touch()
        assert "kept" in (await rig.get()).json()
    finally:
        os.kill(keeper, signal.SIGKILL)  # one that stands still hears no end of its child
