from __future__ import annotations

import asyncio
import contextlib
import os
import time

import httpx
import pytest
from client import Client, Refused
from rig import Rig, hello, read_case, until

from fapi_runner.agent.procfs import read_stat

pytestmark = pytest.mark.anyio


async def test_lines_come_numbered_by_stream(rig: Rig) -> None:
    key = await rig.deploy(read_case("talk"), "talk")
    await rig.get("/", "talk")
    # Two pipes: the last line of one says nothing of the other's.
    for last in ("xxx", "INFO:guest:logged"):
        await rig.client.event("log", lambda log, last=last: any(last in line["text"] for line in log["lines"]))
    lines = rig.client.lines("talk")
    texts = {line["text"][:20]: line["stream"] for line in lines}
    assert texts["imported"] == "stdout"
    assert texts["to stdout"] == "stdout"
    assert texts["to stderr"] == "stderr"
    assert texts["INFO:guest:logged"] == "stderr"
    assert {line["generation"] for line in lines} == {key["generation"]}
    assert len(next(line["text"] for line in lines if "xxx" in line["text"])) == 8192 + len(" ...")
    numbers = [line["seq"] for line in lines]
    assert len(set(numbers)) == len(numbers)
    by_stream = [[line["seq"] for line in lines if line["stream"] == stream] for stream in ("stdout", "stderr")]
    assert by_stream == [sorted(part) for part in by_stream]
    await rig.deploy(hello("next"), "talk", parkS=0)
    await rig.client.event("log", lambda log: any(line["text"] == "atexit ran" for line in log["lines"]))


async def test_a_deploy_that_fails_says_of_what_and_where(rig: Rig) -> None:
    with pytest.raises(Refused):
        await rig.deploy(read_case("fail_raise"), "failing")
    said = "main.py, line 5: KeyError: 'DATABASE_URL'"
    await rig.client.event("log", lambda log: {"stream": "system", "text": said}.items() <= log["lines"][-1].items())


async def test_a_watcher_gets_only_what_it_has_missed(rig: Rig) -> None:
    await rig.deploy(read_case("talk"), "missed")
    await rig.client.event("log", lambda log: log["appId"] == "missed")
    last = rig.client.lines("missed")[-1]["seq"]
    watcher = await Client.connect(rig.state / "agent.sock", epoch=1)
    await watcher.call("watch", logsAfter=last)
    await rig.get("/", "missed")
    await watcher.event("log", lambda log: any("xxx" in line["text"] for line in log["lines"]))
    assert min(line["seq"] for line in watcher.lines("missed")) > last
    await watcher.close()


async def test_a_flood_is_capped_and_what_was_dropped_is_counted(rig: Rig) -> None:
    await rig.deploy(read_case("talk"), "flood")
    assert (await rig.get("/flood", "flood")).status_code == 200

    def count() -> int:
        logs = [event["data"] for event in rig.client.events if event["topic"] == "log"]
        return sum(len(log["lines"]) + log["dropped"] for log in logs if log["appId"] == "flood")

    # "imported", what is said of the revision, and the flood.
    await until(lambda: count() >= 50_002)
    assert count() == 50_002
    assert len(rig.client.lines("flood")) < 5_000


async def deploy_shout(rig: Rig, app_id: str) -> None:
    await rig.deploy(read_case("shout"), app_id)


async def ask(rig: Rig, app_id: str, path: str, **params: str | int) -> httpx.Response:
    async with rig.http(app_id) as http:
        return await http.get(path, params=params)


async def wait_for_line(rig: Rig, app_id: str, text: str) -> None:
    await rig.client.event(
        "log", lambda log: log["appId"] == app_id and any(text in each["text"] for each in log["lines"])
    )


async def test_a_line_split_over_writes_is_one_line(rig: Rig) -> None:
    await deploy_shout(rig, "split")
    for part in ("one ", "and \xe9", " the same\nnext\n"):
        await rig.client.call("status")
        await ask(rig, "split", "/write", part=part)
    await wait_for_line(rig, "split", "next")
    assert [line["text"] for line in rig.client.lines("split")][-2:] == ["one and \xe9 the same", "next"]


async def test_a_long_line_is_cut_once_with_a_mark(rig: Rig) -> None:
    await deploy_shout(rig, "long")
    await rig.get("/long", "long")
    await wait_for_line(rig, "long", "the next line")
    texts = [line["text"] for line in rig.client.lines("long") if line["stream"] == "stdout"]
    assert texts == ["y" * 8192 + " ...", "the next line"]


async def test_a_traceback_passes_the_cap_whole_or_not_at_all(rig: Rig) -> None:
    await deploy_shout(rig, "tracebacks")
    each = (await ask(rig, "tracebacks", "/tracebacks", count=400)).json()

    def count() -> int:
        logs = [event["data"] for event in rig.client.events if event["topic"] == "log"]
        return sum(len(log["lines"]) + log["dropped"] for log in logs if log["appId"] == "tracebacks")

    # What is said of the revision, and 400 times a traceback between twenty lines of noise.
    expected = 1 + 400 * (each["lines"] + 20)
    await until(lambda: count() >= expected)
    assert count() == expected
    groups: list[list[str]] = [[]]
    for line in rig.client.lines("tracebacks"):
        if line["stream"] == "stderr" and line["text"] not in ("noise", ""):
            groups[-1].append(line["text"])
            if line["text"].startswith("RuntimeError: second"):
                groups.append([])
    assert groups.pop() == []
    assert 0 < len(groups) < 400
    for group in groups:
        assert len(group) == each["linesWithText"]
        assert group[0] == "Traceback (most recent call last):"
        assert group[-1].replace("RuntimeError: second", "ValueError: first") in group


async def test_lines_of_control_characters_reach_every_watcher(rig: Rig) -> None:
    # Six bytes each in JSON: what is kept of them does not fit into one frame.
    await deploy_shout(rig, "control")
    await ask(rig, "control", "/control", lines=100)
    await wait_for_line(rig, "control", "\x01")
    watcher = await Client.connect(rig.state / "agent.sock", epoch=1)
    await watcher.call("watch", logsAfter=0)
    for client in (rig.client, watcher):
        await until(lambda client=client: sum("\x01" in line["text"] for line in client.lines("control")) == 100)
    await watcher.close()


async def test_a_flood_without_end_costs_the_agent_a_bounded_share_and_others_nothing(rig: Rig) -> None:
    await deploy_shout(rig, "endless")
    await rig.deploy(hello("calm"), "calm")
    async with rig.http("endless") as http:
        flooding = asyncio.create_task(http.get("/flood", params={"megabytes": 3000}, timeout=None))
        await wait_for_line(rig, "endless", "never ends")
        started, before = time.monotonic(), read_cpu_s(rig.ready["pid"])
        for _ in range(50):
            assert (await rig.get("/", "calm")).json() == "calm"
            await rig.client.call("status")
        share = (read_cpu_s(rig.ready["pid"]) - before) / (time.monotonic() - started)
        assert share < 0.15
        assert not flooding.done()
        await rig.client.call("remove", appId="endless", generation=next(rig.generations))
        with contextlib.suppress(httpx.HTTPError):
            await flooding


def read_cpu_s(pid: int) -> float:
    return read_stat(pid).cpu_ticks / os.sysconf("SC_CLK_TCK")
