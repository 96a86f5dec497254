"""What is said of a child that ended while it ran, or cannot go on: as told.json has it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from told import TOLD, tell

from fapi_runner.agent.causes import BREAKDOWN, DEAF, FLOOD, SHUT, make_overflow
from fapi_runner.agent.children.memory import Memory
from fapi_runner.agent.children.postmortem import report_end, report_open_files, report_stall, report_timeout
from fapi_runner.report import Report

FULL = Memory(was_killed=True, peak_bytes=512 << 20, limit_bytes=512 << 20)
BLOCKED = """Current thread 0x1 (most recent call first):
  File "{code}/main.py", line 2 in wait
"""


def make_reports(code: Path) -> dict[str, Report]:
    """Return one report for each way to end."""
    (code / "main.py").write_text("import time\ntime.sleep(9)\n")
    dump = BLOCKED.format(code=code)
    ends = {"killed": signal.SIGKILL, "segfault": signal.SIGSEGV, "crash": signal.SIGABRT}
    reports = {name: report_end("running", int(number), "", [], code) for name, number in ends.items()}
    reports["crash_at_a_line"] = report_end("running", int(signal.SIGSEGV), dump, [], code)
    reports["exit"] = report_end("running", 3 << 8, "", [], code)
    reports["unseen"] = report_end("running", None, "", [], code)
    reports["memory"] = report_end("running", int(signal.SIGKILL), "", [], code, FULL)
    reports["memory_full"] = report_end("running", int(signal.SIGTERM), "", [], code, FULL)
    causes = {"flood": FLOOD, "deaf": DEAF, "shut": SHUT, "breakdown": BREAKDOWN}
    causes["overflow"] = make_overflow("The app's folder holds 513 MiB in 4 files; allowed are 512 MiB in 20000.")
    reports |= {name: report_end("running", None, "", [], code, cause=cause) for name, cause in causes.items()}
    reports["stalled"] = report_stall(dump, 1, 3100, [], code)
    reports["stalled_unseen"] = report_stall("", 2, 3100, [], code)
    reports["hung"] = report_timeout("probe", 5000, dump, [], code)
    reports["open_files"] = report_open_files(4000, 4096)
    return reports


@pytest.mark.parametrize("case", [name for name in TOLD if not name.startswith("fail_")])
def test_each_end_is_told_as_the_elements_know_it(case: str, tmp_path: Path) -> None:
    assert tell(dict(make_reports(tmp_path)[case])) == TOLD[case]


def test_every_end_is_known_to_the_elements(tmp_path: Path) -> None:
    assert make_reports(tmp_path).keys() <= TOLD.keys()
