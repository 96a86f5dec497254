"""A draft whose keeper does not answer: what is deployed then is no draft."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from census import list_children, read_name
from rig import Rig, find_zygote

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


def find_keeper(rig: Rig, child: int) -> int | None:
    """Return the first process of the child's own namespace."""
    own = os.readlink(f"/proc/{child}/ns/pid")
    keepers = [pid for pid in list_children(find_zygote(rig)) if read_name(pid) == "fapi-keeper"]
    return next((pid for pid in keepers if os.readlink(f"/proc/{pid}/ns/pid") == own), None)


async def test_a_draft_whose_folder_stays_covered_is_not_deployed(own_rig: Rig) -> None:
    rig = own_rig
    files: dict[str, str | bytes] = {"main.py": LOOKS}
    params = {"appId": "app", "host": "h", "session": "s", "sequence": 1, "envVersion": 1, "environment": {}}
    await rig.client.call("draft", **params, digest=await rig.put(files), deadlineMs=10_000)
    (child,) = rig.list_pids()
    keeper = find_keeper(rig, child)
    if keeper is None:
        pytest.skip("children have no namespaces here, and drafts no cover")
    Path(rig.state / "apps" / "app").mkdir(exist_ok=True)
    os.kill(keeper, signal.SIGSTOP)
    prepared = await rig.prepare(files)
    assert prepared["adopted"] is False
    await rig.client.call("activate", **prepared["key"])
    (rig.state / "apps" / "app" / "kept").touch()
    assert "kept" in (await rig.get()).json()
