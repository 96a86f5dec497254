"""A Report as a Finding: what failed when it ran is shown like what was found before."""

from __future__ import annotations

import re

from fapi_runner.report import FailureClass, Frame, Report
from fapi_runner.validate.findings import Finding, Fix, make_finding
from fapi_runner.validate.packages import make_package_fix

MISSING = re.compile(r"No module named '([\w.]+)'")
CODES: dict[FailureClass, str] = {
    "syntax": "PY001",
    "import": "IMP010",
    "entrypoint": "ENT001",
    "startup": "ENT010",
    "timeout": "RES010",
    "memory": "RES011",
    "killed": "RES012",
    "crashed": "RES013",
    "stalled": "RES014",
    "exhausted": "RES015",
}


def to_finding(report: Report) -> Finding:
    """Return the finding at the innermost of the user's frames; without one it is about main.py."""
    frame = report["frames"][-1] if report["frames"] else Frame(file="main.py", line=1)
    code, fixes = _choose_code(report)
    message = report["message"]
    if "type" in report and code in ("IMP010", "ENT010"):
        message = f"{report['type']}: {message}"  # as the last line of a traceback has it
    start = (frame["line"], frame.get("column", 1))
    finding = make_finding(code, "error", frame["file"], message, start=start, hint=report.get("hint"), fixes=fixes)
    if "variable" in report:
        finding["variable"] = report["variable"]
    return finding


def _choose_code(report: Report) -> tuple[str, list[Fix]]:
    message = report["message"]
    if report.get("type") == "ModuleNotFoundError" and (missing := MISSING.match(message)):
        is_addable = "add the package" in report.get("hint", "")
        return "IMP001", [make_package_fix(missing[1])] if is_addable else []
    if report["class"] == "entrypoint":
        # The same codes as those of the check that only reads main.py.
        return ("ENT002" if "no main.py" in message else "ENT003" if "uvicorn.run" in message else "ENT001"), []
    return CODES[report["class"]], []
