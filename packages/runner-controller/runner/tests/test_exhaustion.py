"""Apps that use up what they may have: they live on or are ended, and it is said what it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rig import Rig, hello, read_case, until

pytestmark = pytest.mark.anyio


async def test_an_app_that_goes_on_filling_its_folder_is_ended_and_told_how_much_it_held(own_rig: Rig) -> None:
    await own_rig.deploy(read_case("filler"))

    async def find_failure() -> Any:
        return (await own_rig.app()).get("failure")

    report = (await until(find_failure, 60))["report"]
    assert (report["phase"], report["class"]) == ("running", "exhausted")
    assert "while it was running: it went on filling its folder" in report["message"]
    told = re.search(r"The app's folder holds \d+ MiB in (\d+) files; allowed are 512 MiB in 20000", report["message"])
    assert told is not None
    assert int(told[1]) > 20_000
    assert "Delete what is not needed" in report["hint"]


# path: class, type, (line), part of the message, part of the hint
SPENT = {
    "memory": ("memory", "MemoryError", 19, "Its limit is 1024 MiB", "load less"),
    "files": ("exhausted", "OSError", 25, "Too many open files", "never closed"),
    "threads": ("exhausted", "RuntimeError", 31, "can't start new thread", "fixed size"),
}


def find_trouble(app: dict[str, Any]) -> dict[str, Any]:
    return app["trouble"]["report"] if "trouble" in app else {}


@pytest.mark.parametrize("path", SPENT)
async def test_a_running_app_that_used_up_something_says_where_and_lives_on(rig: Rig, path: str) -> None:
    kind, type_name, line, message, hint = SPENT[path]
    app_id = f"spend-{path}"
    await rig.deploy(read_case("spend"), app_id)
    async with rig.http(app_id) as http:
        assert (await http.get(f"/{path}")).status_code == 500
        event = await rig.client.event("app", lambda app: app["appId"] == app_id and "type" in find_trouble(app))
        assert (await http.get("/")).status_code == 200
    report = event["trouble"]["report"]
    assert (report["phase"], report["class"], report["type"]) == ("running", kind, type_name)
    assert (report["frames"][-1]["file"], report["frames"][-1]["line"]) == ("main.py", line)
    assert message in report["message"]
    assert hint in report["hint"]
    assert report["openFiles"] > (4000 if path == "files" else 3)
    assert report["threads"] > (50 if path == "threads" else 0)
    said = [each["text"] for each in rig.client.lines(app_id) if each["stream"] == "system"]
    assert any(text.startswith(f"main.py, line {line}: ") for text in said)
    assert (await rig.app(app_id))["restarts"] == 0
    await rig.deploy(hello("better"), app_id)
    assert "trouble" not in await rig.app(app_id)


async def test_files_that_are_never_closed_are_noticed_before_the_last(rig: Rig) -> None:
    await rig.deploy(read_case("spend"), "leaks")
    await rig.get("/hold/3900", "leaks")
    event = await rig.client.event("app", lambda app: app["appId"] == "leaks" and "trouble" in app)
    assert event["trouble"]["report"]["openFiles"] > 3900
    assert event["trouble"]["finding"]["code"] == "RES015"
    assert "of 4096" in event["trouble"]["report"]["message"]
