"""An app's listener is nobody's before it may accept, and comes again when somebody has shut it down."""

from __future__ import annotations

from typing import Any

import pytest
from rig import Rig, hello, until
from test_drafts import draft

pytestmark = pytest.mark.anyio

FIND = """
import os, socket
from fastapi import FastAPI
app = FastAPI()
def find_listeners():
    found = []
    for fd in range(3, 256):
        try:
            sock = socket.socket(fileno=os.dup(fd))
        except OSError:
            continue
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.append(sock)
    return found
@app.get("/")
def root(): return "breaker"
@app.get("/find")
def find(): return len({os.fstat(sock.fileno()).st_ino for sock in find_listeners()})
@app.get("/shut")
def shut():
    for sock in find_listeners():
        sock.shutdown(socket.SHUT_RDWR)
"""
AT_IMPORT = "\nif find_listeners(): raise RuntimeError('it could answer the guests of another one')\n"


async def test_neither_a_draft_nor_a_candidate_holds_the_listener_before_it_serves(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": FIND + AT_IMPORT}
    await rig.deploy(hello("live"), "door")
    assert (await draft(rig, files, "door"))["prepared"] is True
    prepared = await rig.prepare(files, "door")
    assert prepared["adopted"] is True
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.get("/find", "door")).json() == 1
    # Neither does one that nobody has looked at before.
    await rig.deploy({"main.py": FIND + AT_IMPORT + "x = 1\n"}, "door")
    assert (await rig.get("/find", "door")).json() == 1


async def is_answered(rig: Rig, app_id: str, answer: object) -> bool:
    try:
        return (await rig.get("/", app_id)).json() == answer
    except OSError:
        return False


async def shut(rig: Rig, app_id: str) -> dict[str, Any]:
    """Have who serves shut its listener down, and return what has become of the app."""
    pid = (await rig.app(app_id))["active"]["pid"]

    async def is_served_again() -> bool:
        app = await rig.app(app_id)
        return app["phase"] == "running" and app.get("active", {}).get("pid") not in (None, pid)

    assert (await rig.get("/shut", app_id)).status_code == 200
    await until(is_served_again)
    return await rig.app(app_id)


async def test_a_deploy_that_shuts_the_listener_down_is_rolled_back(rig: Rig) -> None:
    await rig.deploy(hello("before"), "shut")
    key = await rig.deploy({"main.py": FIND}, "shut")
    # The first time it may have been who served before.
    assert (await shut(rig, "shut"))["active"]["digest"] == key["digest"]
    app = await shut(rig, "shut")
    assert "shut down" in app["rolledBack"]["report"]["message"]
    assert await is_answered(rig, "shut", "before")
    await rig.deploy(hello("after"), "shut")
    assert await is_answered(rig, "shut", "after")


async def test_who_shuts_its_listener_down_is_started_again_on_another_one(rig: Rig) -> None:
    await rig.deploy({"main.py": FIND}, "again")
    await shut(rig, "again")
    await until(lambda: any("was shut down" in line["text"] for line in rig.client.lines("again")))
    await until(lambda: is_answered(rig, "again", "breaker"))
    await rig.deploy(hello("after"), "again")
    assert await is_answered(rig, "again", "after")
