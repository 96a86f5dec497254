"""A process whose first thread has ended, and whose others go on, is measured as any other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fapi_runner.agent.children.family_memory import measure_families
from fapi_runner.agent.children.gauges import read_gauges, read_limit
from fapi_runner.agent.disk.unlinked import measure_unlinked
from fapi_runner.agent.procfs import read_state

MEBIBYTES = 64
HEADLESS = f"""
import ctypes, os, platform, threading, time
exit = {{"x86_64": 60, "aarch64": 93}}[platform.machine()]

ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # no huge pages, as children have none

def live():
    held = b"x" * ({MEBIBYTES} << 20)
    files = [open("part", "wb") for _ in range(40)]
    files[0].write(b"x" * (1 << 20))
    files[0].flush()
    os.unlink("part")
    print("ready", flush=True)
    time.sleep(600)

threading.Thread(target=live).start()
ctypes.CDLL(None).syscall(exit, 0)
"""


@pytest.fixture
def headless(tmp_path: Path) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", HEADLESS], cwd=tmp_path, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        while not Path(f"/proc/{process.pid}/stat").read_text().split(")")[1].startswith(" Z"):
            pass
        yield process.pid
        process.kill()


def test_its_memory_its_files_and_its_limits_are_told(headless: int) -> None:
    gauges = read_gauges(headless)
    assert gauges is not None
    assert gauges["residentBytes"] > MEBIBYTES << 20
    assert gauges["openFiles"] >= 40
    assert read_limit(headless, "Max open files")


def test_what_it_holds_counts_for_its_family(headless: int) -> None:
    assert measure_families([(headless, 0)])[0] > MEBIBYTES << 20


def test_the_deleted_files_that_it_keeps_count(headless: int, tmp_path: Path) -> None:
    size, entries = measure_unlinked(tmp_path, [headless])
    assert entries == 1
    assert size >= 1 << 20


def test_it_stands_still_when_it_was_stopped(headless: int) -> None:
    assert read_state(headless) in {"R", "S"}
    os.kill(headless, signal.SIGSTOP)
    while read_state(headless) != "T":
        pass
