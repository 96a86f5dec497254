"""Apps that hear nothing any more, or cannot stand still: who is to take their place takes it all the same."""

from __future__ import annotations

import asyncio

import pytest
from client import Refused
from rig import Rig, hello, until

pytestmark = pytest.mark.anyio
PATIENCE_S = 30

PROLOGUE = """
import asyncio, ctypes, gc, json, platform, socket, struct, sys, time
from pathlib import Path
from fastapi import FastAPI

app = FastAPI()

def find_control():
    frame = sys._getframe()
    while frame:
        if "order" in frame.f_locals:
            return frame.f_locals["order"].control
        frame = frame.f_back

control = find_control()

def claim(work, times):
    data = json.dumps({"kind": "survey", "work": work}).encode()
    control.setblocking(True)
    control.sendall((struct.pack("!II", len(data), 0) + data) * times)
"""
# It goes on serving, and has answered already what it will be asked: so nobody waits for it.
DEAF = (
    PROLOGUE
    + """
@app.get("/")
async def turn_deaf():
    for found in gc.get_objects():
        if isinstance(found, asyncio.StreamReader):
            found._transport.pause_reading()
    claim([], 500)
"""
)
# Its first thread waits for a child that never ends, where no signal stops it.
UNSTOPPABLE = (
    PROLOGUE
    + """
CLONE = {"x86_64": 56, "aarch64": 220}[platform.machine()]
CLONE_VFORK, SIGCHLD = 0x4000, 17

@app.get("/")
async def turn_to_stone():
    claim({}, 1)
    Path("stone").touch()
    ctypes.CDLL(None).syscall(CLONE, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)
    time.sleep(3600)
"""
)
BUSY = (
    PROLOGUE
    + """
def block():
    time.sleep(3)
    try:
        unread = control.recv(1 << 16, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        unread = b""
    Path("unread.new").write_bytes(unread)
    Path("unread.new").rename("unread")

@app.get("/")
async def read():
    asyncio.get_running_loop().call_later(0.01, block)
"""
)


async def freeze(rig: Rig, app_id: str) -> str:
    """Have it stand still; return why it does not."""
    try:
        await rig.client.call("freeze", appId=app_id, generation=next(rig.generations))
    except Refused as refused:
        return refused.message
    return ""


async def test_an_app_that_hears_nothing_is_ended_for_it_and_holds_nobody_up(rig: Rig) -> None:
    await rig.deploy({"main.py": DEAF}, "deaf")
    await rig.get("/", "deaf")
    async with asyncio.timeout(PATIENCE_S):
        ended = asyncio.create_task(rig.client.event("app", lambda app: "failure" in app, timeout=PATIENCE_S))
        while not ended.done():
            await freeze(rig, "deaf")
    report = ended.result()["failure"]["report"]
    assert (report["class"], report["phase"]) == ("killed", "running")
    assert "it did not hear any more what the runner said" in report["message"]
    await rig.deploy(hello("next"), "deaf")
    assert (await rig.get("/", "deaf")).json() == "next"


async def test_an_app_that_no_signal_stops_is_not_frozen_and_holds_nobody_up(rig: Rig) -> None:
    await rig.deploy({"main.py": UNSTOPPABLE}, "stone")
    asking = asyncio.create_task(rig.get("/", "stone"))
    await until((rig.state / "apps" / "stone" / "stone").exists)
    async with asyncio.timeout(PATIENCE_S):
        assert "a call that cannot be stopped" in await freeze(rig, "stone")
        await rig.deploy(hello("next"), "stone")
    assert (await rig.get("/", "stone")).json() == "next"
    await asyncio.gather(asking, return_exceptions=True)


async def test_an_app_whose_event_loop_stands_still_is_not_asked_whether_it_may_sleep(rig: Rig) -> None:
    # Long enough that it is known to stand still by then, and shorter than it does.
    await rig.deploy({"main.py": BUSY}, "busy", idleFreezeS=1.5)
    await rig.get("/", "busy")
    unread = rig.state / "apps" / "busy" / "unread"
    await until(unread.exists)
    assert unread.read_bytes() == b""
