"""The project's own tests, run by the agent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from client import Refused
from rig import Rig, read_case, until

pytestmark = pytest.mark.anyio
Files = dict[str, str | bytes]


async def run(rig: Rig, files: Files, **changed: Any) -> dict[str, Any]:
    params = {"digest": await rig.put(files), "deadlineMs": 15_000} | changed
    return await rig.client.call("test", **params)


def places(result: dict[str, Any]) -> list[tuple[str, str, int]]:
    found = ((finding["code"], finding["file"], finding["start"]["line"]) for finding in result["findings"])
    return sorted(found)


def counts(result: dict[str, Any]) -> tuple[int, int, int]:
    return result["passed"], result["failed"], result["skipped"]


async def test_counts_what_passed_and_what_was_skipped(rig: Rig) -> None:
    result = await run(rig, read_case("test_green"))
    assert result["findings"] == []
    assert counts(result) == (2, 0, 1)
    assert "2 passed, 1 skipped" in result["output"][-1]


async def test_names_the_line_of_the_failing_assertion_and_of_the_error_in_the_app(rig: Rig) -> None:
    result = await run(rig, read_case("test_red"))
    assert counts(result) == (1, 3, 0)
    assert places(result) == [
        ("TST001", "main.py", 8),
        ("TST001", "tests/test_items.py", 10),
        ("TST002", "tests/test_setup.py", 6),
    ]
    messages = {finding["start"]["line"]: finding["message"] for finding in result["findings"]}
    assert "assert 200 == 201" in messages[10]
    assert messages[8] == "test_zero: ZeroDivisionError: integer division or modulo by zero"
    assert messages[6] == "test_reads, in its setup: ConnectionError: no database here"
    assert all(finding["severity"] == "error" for finding in result["findings"])


# As Teller does it, of more tests than anybody has.
TALKATIVE = """
import json, struct, sys

def test_tells_much():
    frame = sys._getframe()
    while "order" not in frame.f_locals:
        frame = frame.f_back
    told = {"kind": "outcome", "test": "x" * 150, "when": "call", "outcome": "passed"}
    data = json.dumps(told).encode()
    for _ in range(26):
        frame.f_locals["order"].control.sendall((struct.pack("!II", len(data), 0) + data) * 1000)
"""


async def test_a_run_that_tells_more_than_is_heard_at_once_waits_and_nothing_is_lost(rig: Rig) -> None:
    result = await run(rig, {"main.py": "", "tests/test_much.py": TALKATIVE}, deadlineMs=60_000)
    assert counts(result) == (26_001, 0, 0)


async def test_the_output_holds_no_warning_of_the_layer_and_no_path_of_this_machine(rig: Rig) -> None:
    result = await run(rig, read_case("test_green"))
    output = "\n".join(result["output"])
    assert "2 passed" in output
    assert not re.search(r"warning|httpx|site-packages|/\w+/\w+/", output, re.IGNORECASE), output


async def test_files_that_cannot_be_collected_are_findings_and_the_others_run(rig: Rig) -> None:
    result = await run(rig, read_case("test_broken"))
    assert counts(result) == (1, 2, 0)
    assert places(result) == [("TST003", "tests/test_import.py", 1), ("TST003", "tests/test_syntax.py", 1)]
    messages = sorted(finding["message"] for finding in result["findings"])
    assert "ImportError: cannot import name 'create' from 'main' (main.py)" in messages[0]
    assert "SyntaxError: invalid syntax" in messages[1]


async def test_a_broken_conftest_is_a_finding(rig: Rig) -> None:
    result = await run(rig, read_case("test_hostile"), environment={"BROKEN": "1"})
    assert places(result) == [("TST003", "conftest.py", 4)]
    assert "no conftest today" in result["findings"][0]["message"]


async def test_says_when_there_are_no_tests(rig: Rig) -> None:
    result = await run(rig, read_case("test_none"))
    assert counts(result) == (0, 0, 0)
    assert [(finding["code"], finding["severity"]) for finding in result["findings"]] == [("TST006", "warning")]
    selected = await run(rig, read_case("test_green"), select=["main.py"])
    assert "main.py" in selected["findings"][0]["message"]


async def test_a_hanging_test_ends_at_the_deadline_with_its_line(rig: Rig) -> None:
    result = await run(rig, read_case("test_hang"), deadlineMs=5000)
    assert places(result) == [("TST005", "test_wait.py", 6)]
    assert "test_wait.py::test_waits" in result["findings"][0]["message"]
    assert counts(result) == (1, 1, 0)


async def test_a_test_that_ends_the_process_is_named(rig: Rig) -> None:
    result = await run(rig, read_case("test_hostile"), select=["test_exit.py"])
    assert places(result) == [("TST004", "test_exit.py", 4)]
    assert "code 7" in result["findings"][0]["message"]


async def test_output_and_messages_are_bounded(rig: Rig) -> None:
    result = await run(rig, read_case("test_hostile"), select=["test_flood.py::test_floods"])
    assert len(result["output"]) <= 400
    assert result["outputDropped"] > 100_000
    assert len(result["findings"][0]["message"]) <= 2000


async def test_memory_is_bounded_and_the_line_is_named(rig: Rig) -> None:
    result = await run(rig, read_case("test_hostile"), select=["test_memory.py"])
    assert places(result) == [("TST001", "test_memory.py", 4)]
    assert "MemoryError" in result["findings"][0]["message"]


async def test_leaves_nothing_behind_and_gets_only_its_own_environment(rig: Rig) -> None:
    files = read_case("test_green")
    assert counts(await run(rig, files, environment={"COLOR": "red"})) == (2, 0, 1)
    await until(lambda: not list((rig.state / "scratch").iterdir()))
    revision = rig.state / "revisions" / await rig.put(files)
    assert sorted(path.name for path in revision.iterdir()) == ["main.py", "tests"]


@pytest.mark.parametrize(
    "select", [["--version"], ["../x.py"], ["tests/../../x.py"], ["/etc/passwd"], [""], "tests", [1]]
)
async def test_refuses_to_select_outside_of_the_project(rig: Rig, select: Any) -> None:
    with pytest.raises(Refused, match="bad_request"):
        await run(rig, read_case("test_none"), select=select)


async def test_secrets_are_masked_in_what_a_run_prints_and_in_its_findings(rig: Rig) -> None:
    environment = {"API_KEY": "sk-4711-very-secret", "GREETING": "good morning"}
    result = await run(rig, read_case("test_leaky"), environment=environment)
    assert [finding["code"] for finding in result["findings"]] == ["TST001", "TST004"]
    assert "assert '[masked API_KEY]' == 'another'" in result["findings"][0]["message"]
    assert "It was running test_secret.py::test_ends[[masked API_KEY]]." in result["findings"][1]["hint"]
    assert any("the key is [masked API_KEY]" in line for line in result["output"])
    assert "very-secret" not in str(result)


async def test_a_secret_is_masked_where_pytest_leaves_out_its_middle(rig: Rig) -> None:
    key = "sk-live-4fzz8u1mQ2vK7xw9-Jm3h"
    code = 'import os\n\n\ndef test_key():\n    assert os.environ["API_KEY"] == "another"\n'
    result = await run(rig, {"test_key.py": code}, environment={"API_KEY": key})
    assert "assert '[masked API_KEY]' == 'another'" in result["findings"][0]["message"]
    assert key[:8] not in str(result)
    assert key[-8:] not in str(result)
