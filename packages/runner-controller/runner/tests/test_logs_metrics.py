from __future__ import annotations

import pytest
from client import Client
from rig import Rig, hello, read_case, until

pytestmark = pytest.mark.anyio


async def test_lines_come_numbered_by_stream(rig: Rig) -> None:
    key = await rig.deploy(read_case("talk"), "talk")
    await rig.get("/", "talk")
    await rig.client.event("log", lambda log: any("xxx" in line["text"] for line in log["lines"]))
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


async def test_counts_exactly_the_requests_of_each_class_over_all_children(rig: Rig) -> None:
    for _ in range(2):
        await rig.deploy(read_case("statuses"), "counted")
        async with rig.http("counted") as http:
            for path, times in (("/ok", 7), ("/moved", 5), ("/missing", 3), ("/broken", 2)):
                for _ in range(times):
                    await http.get(path)
    totals = (await rig.client.call("metrics", appId="counted"))["apps"][0]
    assert totals["epoch"] == rig.ready["agentId"]
    assert totals["requests"] == 34
    assert [totals[f"status{kind}xx"] for kind in (2, 3, 4, 5)] == [14, 10, 6, 4]
    assert totals["inFlight"] == 0
    assert totals["bytesOut"] == 2 * (7 * len('"0123456789"') + 3 * len('{"detail":"Not Found"}') + 2 * 21)
    assert totals["lastRequestAt"].endswith("Z")
