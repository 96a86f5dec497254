"""From the end of a child, or from its silence, to a Report."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from fapi_runner.report import FailureClass, Phase, Report, parse_dump

WHILE = {
    "validate": "while it was checked",
    "import": "while it was imported",
    "startup": "while it was starting",
    "probe": "while it was starting",
    "running": "while it was running",
}
# What stops a loop, as it is found in a source line, and what to do instead.
BLOCKING = {
    "time.sleep": "Use `await asyncio.sleep()`, or make the endpoint a plain `def`.",
    "requests.": "Use `httpx.AsyncClient` with `await`, or make the endpoint a plain `def`.",
    "urlopen": "Use `httpx.AsyncClient` with `await`, or make the endpoint a plain `def`.",
    "subprocess.": "Use `await asyncio.create_subprocess_exec()`, or make the endpoint a plain `def`.",
}
KEEPS_WAITING = "Long work in `async def` keeps everybody waiting: make it a plain `def`, which runs in a thread."


def report_end(phase: Phase, status: int | None, dump: str, output: list[str], code: Path) -> Report:
    """Describe a child that ended by itself."""
    kind: FailureClass = "crashed"
    when = WHILE[phase]
    report = Report({"phase": phase, "class": kind, "message": "", "frames": parse_dump(dump, code), "output": output})
    if status is None:
        report["message"] = f"The process ended {when}; nobody saw how."
    elif os.WIFSIGNALED(status):
        name = _name_signal(os.WTERMSIG(status))
        report["signal"] = name
        report["class"] = "killed" if name == "SIGKILL" else "crashed"
        report["message"] = f"The process was ended by signal {name} {when}."
        if name == "SIGKILL":
            report["hint"] = "The app did not end itself: the system or a person did, often for want of memory."
    else:
        report["exitCode"] = os.WEXITSTATUS(status)
        report["message"] = f"The process ended itself with code {report['exitCode']} {when}."
        report["hint"] = "Something called os._exit() or ended the process another way."
    return report


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


def report_stall(dump: str, in_flight: int, stalled_ms: float, output: list[str], code: Path) -> Report:
    """Describe a running child whose event loop stands still, by the line that holds it."""
    frames = parse_dump(dump, code)
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


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"
