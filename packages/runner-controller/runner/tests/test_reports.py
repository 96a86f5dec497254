from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from agents import make_state
from client import Refused
from rig import Rig, delete_state, find_zygote, hello, read_case, until

from fapi_runner.agent.children.postmortem import report_stall

pytestmark = pytest.mark.anyio


async def fail(rig: Rig, case: str, **changed: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        await rig.deploy(read_case(case), case, **changed)
    assert refused.value.code == "failed"
    return refused.value.report


async def test_a_report_tells_what_an_error_came_from(rig: Rig) -> None:
    cause = (await fail(rig, "fail_chain"))["related"]
    assert [(each["relation"], each["type"], each["message"]) for each in cause] == [
        ("cause", "ConnectionRefusedError", "nobody listens")
    ]
    assert cause[0]["frames"][-1]["line"] == 7
    parts = (await fail(rig, "fail_group"))["related"]
    assert [(each["relation"], each["message"]) for each in parts] == [("part", "no database"), ("part", "no cache")]
    assert (await fail(rig, "fail_notes"))["notes"] == ["They are read from settings.toml."]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("from shop.models import Itemz", "cannot import name 'Itemz' from 'shop.models' (shop/models.py)"),
        ("from fastapi import FastAPIz", "cannot import name 'FastAPIz' from 'fastapi' (fastapi/__init__.py)"),
    ],
)
async def test_no_message_has_a_path_of_this_machine(rig: Rig, line: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": f"{line}\n", "shop/models.py": "Item = 1\n"}, "misnamed")
    report = refused.value.report
    assert report["message"] == told
    assert report["output"][-1] == f"ImportError: {told}"


async def test_a_report_is_of_bounded_size(rig: Rig) -> None:
    report = await fail(rig, "fail_huge")
    assert len(report["message"]) == 4000 + len(" ...")
    assert len(json.dumps(report)) < 60_000


async def test_memory_is_told_with_its_limit_and_its_peak(rig: Rig) -> None:
    report = await fail(rig, "fail_hog")
    assert report["limitBytes"] == 1 << 30
    assert 500 << 20 < report["peakBytes"] <= 1100 << 20


@pytest.mark.parametrize("case", ["fail_closed_streams", "fail_patched"])
async def test_the_traceback_is_logged_whatever_became_of_the_streams(rig: Rig, case: str) -> None:
    report = await fail(rig, case)
    await until(lambda: any(line["text"] == "ValueError: still told" for line in rig.client.lines(case)))
    assert report["output"][-1] == "ValueError: still told"


async def test_the_marks_in_a_traceback_are_under_what_failed(rig: Rig) -> None:
    report = await fail(rig, "fail_division")
    assert report["output"][-4:] == [
        '  File "main.py", line 2, in divide',
        "    return 1 / number",
        "           ~~^~~~~~~~",
        "ZeroDivisionError: division by zero",
    ]


async def test_what_cannot_be_had_for_a_report_leaves_the_rest_of_it(rig: Rig) -> None:
    report = await fail(rig, "fail_without_paths")
    assert (report["type"], report["message"]) == ("ModuleNotFoundError", "No module named 'pandas'")
    assert report["frames"][-1]["line"] == 4


async def test_the_source_of_a_frame_is_its_line_however_python_counts_lines(rig: Rig) -> None:
    report = await fail(rig, "fail_separators")
    assert report["frames"][-1]["source"] == 'raise ValueError("on line 2")'


async def test_what_the_agents_own_code_says_of_itself_stays_in_its_log(own_rig: Rig) -> None:
    digest = await own_rig.put(hello("whole"))
    revision = own_rig.state / "revisions" / digest
    revision.rename(revision.with_name(".aside"))
    revision.write_text("no folder")
    try:
        with pytest.raises(Refused) as refused:
            await own_rig.prepare(hello("whole"))
    finally:
        revision.unlink()
        revision.with_name(".aside").rename(revision)
    assert refused.value.code == "internal"
    assert refused.value.message == "The agent could not do 'prepare'; its log says why."


CLAIMS = [None, "[]", "1", "{}", '{"message": 3, "frames": [1, {"file": 2}], "class": "nonsense"}']


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_child_that_lies_gets_a_whole_report_and_no_file_of_the_agent(rig: Rig, claim: str | None) -> None:
    await rig.deploy(hello("here"), "bystander", environment={"NOTE": "of-somebody-else"})
    environment = {} if claim is None else {"CLAIM": claim}
    report = await fail(rig, "fail_liar", environment=environment)
    assert (report["phase"], report["class"]) == ("import", "crashed")
    assert report["message"]
    assert all(not frame["file"].startswith((".", "/")) for frame in report["frames"])
    assert "of-somebody-else" not in json.dumps(report)


async def test_a_claim_of_any_size_is_cut_to_a_report(rig: Rig) -> None:
    frame = {"file": "x" * 500, "line": 1, "source": "y" * 500}
    claim = json.dumps({"message": "z" * 300_000, "hint": "h" * 100_000, "frames": [frame] * 300})
    (directory := read_case("fail_liar"))["claim.json"] = claim
    directory["main.py"] = (
        directory["main.py"]
        .replace(  # type: ignore[arg-type]
            b'os.environ["CLAIM"].encode()', b'open(f"{code}/claim.json", "rb").read()'
        )
        .replace(b'"CLAIM" in os.environ', b"True")
    )  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        await rig.deploy(directory, "loud")
    assert refused.value.code == "failed"
    assert len(json.dumps(refused.value.report)) < 60_000


@pytest.mark.parametrize(("what", "kind"), [("socket", "frames"), ("socket", "noise"), ("pipe", "noise")])
async def test_a_child_that_floods_our_own_pipes_keeps_nobody_waiting(rig: Rig, what: str, kind: str) -> None:
    await rig.deploy(read_case("spend"), "flood")
    await rig.deploy(hello("calm"), "calm")
    async with rig.http("flood") as http, asyncio.TaskGroup() as group:
        fds = (await http.get(f"/find/{what}")).json()
        floods = [group.create_task(flood(rig, fd, kind)) for fd in fds]
        for _ in range(20):
            assert (await rig.get("/", "calm")).json() == "calm"
            await rig.client.call("status")
        if what == "socket":  # nobody asked for these: it is ended
            await rig.client.event("app", lambda app: app["appId"] == "flood" and app["phase"] == "crashed")
        await rig.client.call("remove", appId="flood", generation=next(rig.generations))
        for each in floods:
            each.cancel()
    rss = int(Path(f"/proc/{rig.ready['pid']}/statm").read_text().split()[1]) * 4096
    assert rss < 300 << 20


async def flood(rig: Rig, fd: int, kind: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        await rig.get(f"/write/{fd}?kind={kind}", "flood")


CGROUP = Path("/sys/fs/cgroup/memory")


@pytest.mark.skipif(not os.access(CGROUP, os.W_OK), reason="no memory cgroup of version 1 to write to")
async def test_a_child_that_the_cgroup_ends_ran_out_of_memory() -> None:
    state = make_state()
    # Without blanks, which would be made before the zygote is moved.
    own_rig = await Rig.start(state, "--blanks", "0")
    group = CGROUP / f"fapi-test-{os.getpid()}"
    group.mkdir()
    zygote = find_zygote(own_rig)
    try:
        (group / "memory.limit_in_bytes").write_text(str(200 << 20))
        (group / "cgroup.procs").write_text(str(zygote))
        await own_rig.deploy(read_case("spend"))
        with pytest.raises(httpx.HTTPError):
            await own_rig.get("/eat/400")
        event = await own_rig.client.event("app", lambda app: app["phase"] == "crashed")
        report = event["failure"]["report"]
        assert (report["phase"], report["class"], report["signal"]) == ("running", "memory", "SIGKILL")
        assert "Its limit is 200 MiB." in report["message"]
        assert report["limitBytes"] == 200 << 20
        assert report["peakBytes"] > 100 << 20
    finally:
        await own_rig.close()
        await until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()
        delete_state(state)


HELD = """\
import faulthandler, time

def wait():
    time.sleep(3600)

faulthandler.dump_traceback_later(0.05, exit=True)
wait()
"""


async def test_a_stall_is_told_by_the_line_that_holds_the_loop(tmp_path: Path) -> None:
    # What notices a stall is tested where it is; here a real stack becomes a report.
    (tmp_path / "main.py").write_text(HELD)
    command = (sys.executable, str(tmp_path / "main.py"))
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, dump = await process.communicate()
    stack = dump.decode().replace("Thread 0x", "Current thread 0x")
    report = report_stall(stack, 3, 1240, ["last line"], tmp_path)
    assert (report["phase"], report["class"]) == ("running", "stalled")
    assert report["message"] == (
        "The event loop has stood still for 1.2 s with 3 requests in flight. It is held in main.py, line 4."
    )
    assert [frame["source"] for frame in report["frames"]] == ["wait()", "time.sleep(3600)"]
    assert "asyncio.sleep()" in report["hint"]
    # One of a thread: the loop waits for the interpreter in code that is nobody's.
    waiting = 'Current thread 0x2 (most recent call first):\n  File "/lib/selectors.py", line 1 in select\n'
    beside = f"{dump.decode()}\n{waiting}"
    assert report_stall(beside, 1, 1000, [], tmp_path, is_computing=True)["frames"] == report["frames"]
    assert report_stall(beside, 1, 1000, [], tmp_path)["frames"] == []
    other = f'{beside}\nThread 0x3 (most recent call first):\n  File "{tmp_path}/main.py", line 1 in other\n'
    assert report_stall(other, 1, 1000, [], tmp_path, is_computing=True)["frames"] == []
    unknown = report_stall("", 1, 1000, [], tmp_path)
    assert unknown["message"] == "The event loop has stood still for 1.0 s with 1 request in flight."
    assert "plain `def`" in unknown["hint"]
