from __future__ import annotations

import json
from typing import Any

import pytest
from client import Client, Refused
from rig import Rig, read_case, until

pytestmark = pytest.mark.anyio

KEY = "sk-Zq8/w+1xY?9=ö"
PEM = "-----BEGIN-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END-----"
ENVIRONMENT = {
    "API_KEY": KEY,
    "DATABASE_URL": "postgres://app:h%40rd2guess@db/app",
    "PEM": PEM,
    "GREETING": "good morning",
}
# No one of these may be seen, and neither may their encoded forms.
FRAGMENTS = (KEY, KEY[:8], KEY[8:], "h%40rd2guess", "h@rd2guess", "MIIEvQIBADANBg", "kqhkiG9w0BAQEF")


async def say(rig: Rig, app_id: str, way: str) -> list[str]:
    """Have the app print in one way and return what was logged."""
    before = len(rig.client.lines(app_id))
    await rig.get(f"/say/{way}", app_id)
    await rig.get("/say/plain", app_id)
    await until(lambda: any(line["text"].startswith("GREETING is <") for line in rig.client.lines(app_id)[before:]))
    return [line["text"] for line in rig.client.lines(app_id)[before:]]


@pytest.mark.parametrize("way", ["plain", "split", "url", "base64", "json", "cut"])
async def test_a_secret_is_masked_however_it_is_printed(rig: Rig, way: str) -> None:
    secrets = ["API_KEY", "DATABASE_URL", "PEM"]
    await rig.deploy(read_case("leaky"), f"leaky-{way}", environment=ENVIRONMENT, secrets=secrets)
    texts = "\n".join(await say(rig, f"leaky-{way}", way))
    assert "API_KEY is <[masked API_KEY]>" in texts
    assert "GREETING is <good morning>" in texts
    for fragment in FRAGMENTS:
        assert fragment not in texts
    if way == "base64":
        masked = [line for line in texts.split("\n") if line.startswith("API_KEY: ")]
        assert len(masked) == 8
        assert all("[masked API_KEY]" in line for line in masked)


async def test_a_secret_is_masked_where_its_middle_was_left_out(rig: Rig) -> None:
    key = "sk-live-4fzz8u1mQ2vK7xw9"
    environment = {"API_KEY": key * 3, "GREETING": "good morning, and good evening too"}
    await rig.deploy(read_case("leaky"), "elided", environment=environment, secrets=["API_KEY"])
    texts = "\n".join(await say(rig, "elided", "elided"))
    assert "API_KEY is <'[masked API_KEY]'>" in texts
    assert texts.count("[masked API_KEY]") >= 6
    assert "good morni" in texts
    for fragment in (key[:8], key[-8:]):
        assert fragment not in texts


async def test_without_flags_what_looks_like_a_secret_is_one(rig: Rig) -> None:
    await rig.deploy(read_case("leaky"), "guessed", environment=ENVIRONMENT)
    texts = "\n".join(await say(rig, "guessed", "plain"))
    assert "API_KEY is <[masked API_KEY]>" in texts
    assert "DATABASE_URL is <[masked DATABASE_URL]>" in texts
    assert "PEM is <-----BEGIN-----" in texts
    assert "GREETING is <good morning>" in texts


async def test_with_flags_only_the_flagged_are_secrets(rig: Rig) -> None:
    await rig.deploy(read_case("leaky"), "flagged", environment=ENVIRONMENT, secrets=["GREETING", "ABSENT"])
    texts = "\n".join(await say(rig, "flagged", "plain"))
    assert f"API_KEY is <{KEY}>" in texts
    assert "GREETING is <[masked GREETING]>" in texts


async def test_a_short_value_is_not_masked(rig: Rig) -> None:
    await rig.deploy(read_case("leaky"), "short", environment=ENVIRONMENT | {"API_KEY": "abc"})
    assert "API_KEY is <abc>" in await say(rig, "short", "plain")


# The second message is cut in the middle of the key.
@pytest.mark.parametrize("padding", [0, 3985])
async def test_a_failure_report_has_no_secret(rig: Rig, padding: int) -> None:
    environment = {"API_KEY": KEY, "PADDING": str(padding)}
    with pytest.raises(Refused) as refused:
        await rig.deploy(read_case("fail_leaky"), "fail-leaky", environment=environment)
    report = refused.value.report
    assert report["message"].startswith("x" * padding)
    assert "[masked API_KEY]" in report["message"]
    assert report["output"][0] == "connecting with [masked API_KEY]"
    events = [event for event in rig.client.events if event["data"].get("appId") == "fail-leaky"]
    for told in (report, refused.value.message, await rig.app("fail-leaky"), events):
        assert "sk-Z" not in json.dumps(told)


async def test_neither_a_crash_nor_a_traceback_nor_a_path_tells_a_secret(rig: Rig) -> None:
    await rig.deploy(read_case("leaky"), "crash", environment=ENVIRONMENT | {"API_KEY": "sk-in-the-open"})
    assert (await rig.get("/raise", "crash")).status_code == 500
    await rig.get("/nowhere/sk-in-the-open", "crash")
    await rig.get("/nowhere/" + "x" * 70 + "sk-in-the-open", "crash")
    with pytest.raises(Exception, match=r".*"):
        await rig.get("/exit", "crash")
    event = await rig.client.event("app", lambda app: app["appId"] == "crash" and "failure" in app)
    assert "leaving with [masked API_KEY]" in event["failure"]["report"]["output"]
    await until(lambda: any("cannot use [masked" in line["text"] for line in rig.client.lines("crash")))
    requests = await rig.client.call("requests", appId="crash")
    assert "/nowhere/[masked API_KEY]" in [row.get("path") for row in requests["requests"]]
    watcher = await Client.connect(rig.state / "agent.sock", epoch=1)
    await watcher.call("watch", logsAfter=0)
    await watcher.event("log", lambda log: log["appId"] == "crash")
    told: list[Any] = [event, requests, rig.client.events, watcher.events, await rig.app("crash")]
    assert "sk-in-th" not in json.dumps(told)
    await watcher.close()
