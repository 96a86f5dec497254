"""Apps that speak in the runner's own name: each is ended or passed over, and its neighbours notice nothing."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest
from client import Refused
from rig import Rig, hello, until

pytestmark = pytest.mark.anyio

PROLOGUE = """
import json, os, struct, sys, threading, time
from fastapi import FastAPI

app = FastAPI()

def find(name):
    frame = sys._getframe()
    while frame:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back

order = find("order")

def say(text):
    data = text if isinstance(text, bytes) else json.dumps(text).encode()
    order.control.setblocking(True)
    order.control.sendall(struct.pack("!II", len(data), 0) + data)

PREPARED = {"kind": "prepared", "routes": [], "sideEffects": [], "readData": False, "readFormerAssets": False}
"""
ENDLESS_ANSWER = (
    PROLOGUE
    + """
doors = find("doors") or find("fds")
say(PREPARED)
order.control.recv(4096)
say({"kind": "started"})
import socket
probe = doors["probe"] if isinstance(doors, dict) else doors.probe
probe = probe if isinstance(probe, socket.socket) else socket.socket(fileno=probe)
probe.setblocking(True)
while True:
    probe.sendall(b"x" * (1 << 20))
"""
)
LONG_WINDED = (
    PROLOGUE
    + """
frame = {"file": "\\1" * 200, "line": 1, "function": "\\1" * 200, "source": "\\1" * 500}
frames = [frame | {"line": line} for line in range(1, 41)]
related = [{"relation": "cause", "type": "E", "message": "m", "frames": frames[:10]}] * 10
say({"kind": "failed", "report": {"class": "import", "message": "too much", "frames": frames, "related": related}})
time.sleep(60)
"""
)
NO_NUMBER = PROLOGUE + """say(json.dumps(PREPARED | {"openapi": {"a": float("nan")}}).encode())\ntime.sleep(3)\n"""
NO_KIND = PROLOGUE + """say({"kind": ["x"]})\ntime.sleep(60)\n"""
TROUBLED = (
    PROLOGUE
    + """
def complain():
    for number in range(5000):
        say({"kind": "trouble", "report": {"class": "exhausted", "message": f"noise {number}", "frames": []}})

@app.get("/")
def read() -> str:
    threading.Thread(target=complain, daemon=True).start()
    return "begun"
"""
)
VERBOSE = TROUBLED.replace("for number in range(5000):", "for _ in range(8):").replace(
    'say({"kind": "trouble", "report": {"class": "exhausted", "message": f"noise {number}", "frames": []}})',
    'say({"kind": "stopped", "more": "x" * 1_000_000})',
)
# Fewer remarks than are too many: one that is too long, and some that are too long together.
LOUD = {
    "one": TROUBLED.replace("range(5000)", "range(1)").replace("noise {number}", "{'x' * 1_000_000}"),
    "nine": TROUBLED.replace("range(5000)", "range(9)").replace("noise {number}", "{'x' * 500_000}"),
}
BLAMING = PROLOGUE + """say({"kind": "breakdown"})\nos._exit(3)\n"""
BLAMING_AND_FLOODING = PROLOGUE + """say({"kind": "breakdown"})\nsay({"kind": ["x"]})\ntime.sleep(60)\n"""
NAMELESS = """
import ctypes
from fastapi import FastAPI

ctypes.CDLL(None).prctl(15, b"\\xff) S (")
app = FastAPI()
"""
NO_SURVEY = """
import sys
from fastapi import FastAPI

sys.modules["fapi_runner.child.work"].Survey.count = lambda *given: [1]
app = FastAPI()

@app.get("/")
def read() -> str:
    return "liar"
"""


async def check_neighbour(rig: Rig) -> None:
    await rig.deploy(hello("neighbour"), "neighbour")
    assert (await rig.get("/", "neighbour")).json() == "neighbour"


async def test_an_answer_without_end_is_no_answer(rig: Rig) -> None:
    with pytest.raises(Refused):
        await rig.deploy({"main.py": ENDLESS_ANSWER}, "endless")
    await check_neighbour(rig)


async def test_a_report_has_a_bounded_size_whatever_is_claimed(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": LONG_WINDED}, "winded")
    assert len(json.dumps(refused.value.report, separators=(",", ":"))) <= 64 << 10
    assert refused.value.message == "too much"
    assert refused.value.report["frames"][-1]["line"] == 40
    assert "winded" in (await rig.client.call("apps"))["appIds"]


@pytest.mark.parametrize("code", [NO_NUMBER, NO_KIND], ids=["a number that is none", "a kind that is none"])
async def test_what_is_no_message_ends_its_sender(rig: Rig, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": code}, "liar")
    assert refused.value.code == "failed"
    assert refused.value.report["class"] == "killed"
    assert "it wrote into a socket of the runner" in refused.value.message
    await check_neighbour(rig)


async def test_an_app_that_blames_the_runner_is_told_how_it_ended_itself(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": BLAMING}, "blaming")
    assert refused.value.message == "The process ended itself with code 3 while it was imported."
    await check_neighbour(rig)


async def test_an_app_that_blames_the_runner_is_told_what_it_was_ended_for(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": BLAMING_AND_FLOODING}, "blaming-too")
    assert "it wrote into a socket of the runner" in refused.value.message


async def test_a_child_whose_name_is_no_text_is_measured_all_the_same(rig: Rig) -> None:
    await rig.deploy({"main.py": NAMELESS}, "nameless")
    (app,) = (await rig.client.call("metrics", appId="nameless"))["apps"]
    assert app["process"]["residentBytes"] > 1 << 20
    await check_neighbour(rig)


async def test_trouble_without_end_is_heard_once_and_ends_its_sender(rig: Rig) -> None:
    await rig.deploy({"main.py": TROUBLED}, "troubled")
    with contextlib.suppress(httpx.HTTPError):  # it may be ended before it has answered
        await rig.get("/", "troubled")
    app = await rig.client.event("app", lambda app: app["appId"] == "troubled" and "trouble" in app, timeout=10)
    assert app["trouble"]["report"]["message"].startswith("noise")
    app = await rig.client.event("app", lambda app: app["appId"] == "troubled" and "failure" in app, timeout=10)
    assert "it wrote into a socket of the runner" in app["failure"]["report"]["message"]
    await check_neighbour(rig)


@pytest.mark.parametrize("count", LOUD)
async def test_remarks_that_are_no_short_reports_end_their_sender(rig: Rig, count: str) -> None:
    await rig.deploy({"main.py": LOUD[count]}, f"loud-{count}")
    with contextlib.suppress(httpx.HTTPError):  # it may be ended before it has answered
        await rig.get("/", f"loud-{count}")
    app = await rig.client.event("app", lambda app: app["appId"] == f"loud-{count}" and "failure" in app, timeout=10)
    report = app["failure"]["report"]
    assert report["class"] == "killed"
    assert "it wrote into a socket of the runner" in report["message"]
    assert "Leave alone the sockets" in report["hint"]
    await check_neighbour(rig)


async def test_what_nobody_asked_for_is_kept_up_to_a_few_mebibytes(rig: Rig) -> None:
    await rig.deploy({"main.py": VERBOSE}, "verbose")
    with contextlib.suppress(httpx.HTTPError):  # it may be ended before it has answered
        await rig.get("/", "verbose")
    app = await rig.client.event("app", lambda app: app["appId"] == "verbose" and "failure" in app, timeout=10)
    assert "it wrote into a socket of the runner" in app["failure"]["report"]["message"]
    await check_neighbour(rig)


async def test_a_former_that_lies_about_its_work_leaves_all_the_same(rig: Rig) -> None:
    await rig.deploy({"main.py": NO_SURVEY}, "survey")
    before = {path.name for path in (rig.state / "children").iterdir()}
    former = str((await rig.app("survey"))["active"]["pid"])
    assert former in before
    await rig.deploy(hello("honest"), "survey")
    await until(lambda: former not in {path.name for path in (rig.state / "children").iterdir()}, timeout=10)


async def test_a_document_of_a_draft_has_no_secret(rig: Rig) -> None:
    code = "import os\nfrom fastapi import FastAPI\n\napp = FastAPI(title=os.environ['API_KEY'])\n"
    code += "app.get('/' + os.environ['API_KEY'])(lambda: 1)\n"
    digest = await rig.put({"main.py": code})
    key = {"appId": "telling", "host": "h", "session": "s", "sequence": 1, "digest": digest, "envVersion": 1}
    told = await rig.client.call("draft", **key, environment={"API_KEY": "sesame-open"}, deadlineMs=10_000)
    assert "sesame-open" not in str(told)
    assert told["openapi"]["info"]["title"] == "[masked API_KEY]"
