"""A Report as a Finding: what failed when it ran is shown like what was found before."""

from __future__ import annotations

import re

from fapi_runner.report import FailureClass, Frame, Report
from fapi_runner.validate.findings import Finding, Fix, Place, make_finding
from fapi_runner.validate.packages import make_package_fix

# The name that was asked for: a module, or what a module has not.
ASKED = re.compile(r"(?:No module named|cannot import name) '([\w.]+)'")
# A statement that begins a line, as far as the next one or a comment.
IMPORT = re.compile(r"(?:import[ \t]+|from(?:[ \t]+|(?=\.)))([.\w]+)[^#;]*")
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
    start, end = _find_place(frame, report)
    finding = make_finding(
        code, "error", frame["file"], message, start=start, end=end, hint=report.get("hint"), fixes=fixes
    )
    if "variable" in report:
        finding["variable"] = report["variable"]
    return finding


def _find_place(frame: Frame, report: Report) -> tuple[Place, Place | None]:
    """Return the place of a frame: of an import the name that it is about, else where its expression begins."""
    line, column = frame["line"], frame.get("column", 1)
    match = IMPORT.match(frame.get("source", ""))
    # The source is told without its indentation: what comes second on a line begins nobody knows where. The column of
    # an error of syntax is that of the error.
    is_known = "column" in frame and report["class"] != "syntax"
    if not match or not is_known or match.string[match.end() :].startswith(";"):
        return (line, column), None
    start, end = match.span(1)
    if asked := ASKED.match(report["message"]):
        # A name stands behind its module, and may be called the same.
        after = end if asked[0].startswith("cannot") else 0
        if found := re.compile(rf"(?<![\w.]){re.escape(asked[1])}(?!\w)").search(match[0], after):
            start, end = found.span()
    return (line, column + start), (line, column + end)


def _choose_code(report: Report) -> tuple[str, list[Fix]]:
    message = report["message"]
    if report.get("type") == "ModuleNotFoundError" and (missing := MISSING.match(message)):
        is_addable = "add the package" in report.get("hint", "")
        return "IMP001", [make_package_fix(missing[1])] if is_addable else []
    if report["class"] == "entrypoint":
        # The same codes as those of the check that only reads main.py.
        return ("ENT002" if "no main.py" in message else "ENT003" if "uvicorn.run" in message else "ENT001"), []
    return CODES[report["class"]], []
