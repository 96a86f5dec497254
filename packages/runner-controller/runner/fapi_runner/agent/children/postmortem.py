"""From the end of a child, or from its silence, to a Report."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from fapi_runner.agent.causes import Cause
from fapi_runner.agent.children.memory import Memory
from fapi_runner.report import OPEN_FILES_HINT, WHILE, Phase, Report, parse_dump, parse_others

# What stops a loop, as it is found in a source line, and what to do instead.
BLOCKING = {
    "time.sleep": "Use `await asyncio.sleep()`, or make the endpoint a plain `def`.",
    "requests.": "Use `httpx.AsyncClient` with `await`, or make the endpoint a plain `def`.",
    "urlopen": "Use `httpx.AsyncClient` with `await`, or make the endpoint a plain `def`.",
    "subprocess.": "Use `await asyncio.create_subprocess_exec()`, or make the endpoint a plain `def`.",
}
BELOW_PYTHON = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT")
# What an operator or the system ends a process with, and nothing that a process does wrong.
KILLS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
BELOW_PYTHON_HINT = (
    "It broke below Python, where no line is known: often by a recursion without end after sys.setrecursionlimit(), "
    "in a thread above all, or in a package that is written in C."
)
KEEPS_WAITING = "Long work in `async def` keeps everybody waiting: make it a plain `def`, which runs in a thread."


def report_end(
    phase: Phase,
    status: int | None,
    dump: str,
    output: list[str],
    code: Path,
    memory: Memory | None = None,
    cause: Cause | None = None,
) -> Report:
    """Describe a child that ended by itself, or was ended by the system or the agent."""
    memory = memory or Memory()
    when = WHILE[phase]
    frames = parse_dump(dump, code)
    report = Report({"phase": phase, "class": "crashed", "message": "", "frames": frames, "output": output})
    if cause is not None:
        report["class"] = cause.kind
        report["message"] = f"The process ended {when}: {cause.message}"
        return report | {"hint": cause.hint} if cause.hint else report
    if memory.peak_bytes is not None:
        report["peakBytes"] = memory.peak_bytes
    if memory.limit_bytes is not None:
        report["limitBytes"] = memory.limit_bytes
    if status is None:
        report["message"] = f"The process ended {when}; nobody saw how."
    elif os.WIFSIGNALED(status):
        _add_signal(report, _name_signal(os.WTERMSIG(status)), when, memory)
    else:
        report["exitCode"] = os.WEXITSTATUS(status)
        report["message"] = f"The process ended itself with code {report['exitCode']} {when}."
        report["hint"] = "Something called os._exit() or ended the process another way."
    return report


def was_killed(status: int | None, memory: Memory) -> bool:
    """Say whether a child of ours was killed by somebody else, and not for the memory that it took."""
    return status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) in KILLS and not memory.was_killed


def _add_signal(report: Report, name: str, when: str, memory: Memory) -> None:
    frames = report["frames"]
    report["signal"] = name
    report["message"] = f"The process was ended by signal {name} {when}."
    if frames:
        place = f"{frames[-1]['file']}, line {frames[-1]['line']}"
        report["message"] = f"The process was ended by signal {name} {when}, in {place}."
    if name == "SIGKILL" and memory.was_killed:
        report["class"] = "memory"
        report["message"] = f"The system ended the process {when}: it ran out of memory.{_tell_memory(memory)}"
    elif name == "SIGKILL":
        report["class"] = "killed"
        report["hint"] = "The app did not end itself: the system or a person did, often for want of memory."
    elif name in BELOW_PYTHON and not frames:
        report["hint"] = BELOW_PYTHON_HINT
    elif memory.is_full:
        report["hint"] = f"It was close to its memory limit.{_tell_memory(memory)}"


def report_timeout(phase: Phase, limit_ms: float, dump: str, output: list[str], code: Path) -> Report:
    """Describe a child that did not become ready in time, by the line it hung on."""
    frames = parse_dump(dump, code)
    where = f" It hung in {frames[-1]['file']}, line {frames[-1]['line']}." if frames else ""
    report = Report(
        {
            "phase": phase,
            "class": "timeout",
            "message": f"The app was not ready after {limit_ms / 1000:g} s {WHILE[phase]}.{where}",
            "frames": frames,
            "output": output,
        }
    )
    if phase == "import":
        report["hint"] = "Move long work out of the module's top level: into the lifespan, a request or a task."
    return report


def report_stall(
    dump: str, in_flight: int, stalled_ms: float, output: list[str], code: Path, *, is_computing: bool = False
) -> Report:
    """Describe a running child whose event loop stands still, by the line that holds it.

    Of one whose loop only waits for the interpreter while a thread `is_computing`, that is the line of the thread,
    where no other one could be meant.
    """
    frames = parse_dump(dump, code)
    if is_computing and not frames and len(others := parse_others(dump, code)) == 1:
        frames = others[0]
    where = f" It is held in {frames[-1]['file']}, line {frames[-1]['line']}." if frames else ""
    waiting = f"{in_flight} request{'' if in_flight == 1 else 's'} in flight"
    source = frames[-1].get("source", "") if frames else ""
    return Report(
        {
            "phase": "running",
            "class": "stalled",
            "message": f"The event loop has stood still for {stalled_ms / 1000:.1f} s with {waiting}.{where}",
            "frames": frames,
            "output": output,
            "hint": next((advice for call, advice in BLOCKING.items() if call in source), KEEPS_WAITING),
        }
    )


def report_open_files(count: int, limit: int) -> Report:
    """Describe a running child that will soon be unable to open a file or take a connection."""
    return Report(
        {
            "phase": "running",
            "class": "exhausted",
            "message": f"The app has {count} files and connections open of {limit}; at the limit it can take none.",
            "frames": [],
            "output": [],
            "openFiles": count,
            "hint": OPEN_FILES_HINT,
        }
    )


def _tell_memory(memory: Memory) -> str:
    peak = f" It had {memory.peak_bytes >> 20} MiB in use at most." if memory.peak_bytes is not None else ""
    return peak + (f" Its limit is {memory.limit_bytes >> 20} MiB." if memory.limit_bytes is not None else "")


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
