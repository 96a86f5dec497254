"""Ruff's advice on a revision, as findings.

It reads text that may be hostile, so it runs in a child as confined as the checkers, in which it is the only program
that can be executed, and what it says is read as if it were the text's own words.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, Literal, NamedTuple

from fapi_runner.agent.causes import BREAKDOWN
from fapi_runner.agent.checking.checker import Silence
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.protocol import Json
from fapi_runner.report import cut
from fapi_runner.validate.entry import ENTRYPOINTS
from fapi_runner.validate.findings import Edit, Finding, Fix, Severity, make_finding, to_position

DEADLINE_S = 5.0
OUTPUT_LIMIT_BYTES = 4 << 20
PROCESSOR_SECONDS = 5  # whoever is stopped meanwhile is ended by the deadline
# B008 and B904 are how FastAPI apps are written: Depends() as a default, HTTPException raised inside `except`.
RULES = "F,E9,B,ASYNC,FAST,PLE"
IGNORED = "B008,B904"
# A matter of taste, or of milliseconds: shown, and no more.
TASTE = {"F401", "F403", "F405", "F811", "FAST001", "FAST002", "ASYNC109", "ASYNC110", "ASYNC230", "ASYNC240"}
APP_NAMES = [[name] for name in ENTRYPOINTS]
COMMAND = (
    *("check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--no-respect-gitignore", "--force-exclude"),
    *("--output-format", "json", "--target-version", "py311"),
    *("--select", RULES, "--ignore", IGNORED),
)
ENVIRONMENT = {"PATH": os.defpath, "NO_COLOR": "1", "RAYON_NUM_THREADS": "1"}
RULE_LIMIT = 40
FILES_LIMIT = 200  # named one by one; their names together are no longer than a command may be


class Advice(NamedTuple):
    """What ruff said, and whether that is all it has to say."""

    findings: list[Finding]
    is_whole: bool


async def lint_files(nursery: Nursery, code: Path, files: list[str] | None) -> Advice:
    """Return what ruff says about these files of a revision or all; never about syntax, which is CPython's to judge."""
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.is_file():
        return _report_absence("it is not installed here.")
    # With a folder before it, no name is an option or a file of options.
    places = ["."] if files is None or len(files) > FILES_LIMIT else [f"./{file}" for file in files]
    order: Json = {
        "kind": "lint",
        "code": str(code),
        "program": str(ruff),
        "arguments": [*COMMAND, "--", *places],
        "environment": ENVIRONMENT,
        "processorSeconds": PROCESSOR_SECONDS,
    }
    try:
        output = await _run(nursery, order)
    except TimeoutError:
        return _report_absence("it took too long.")
    if output is None:
        return _report_absence("it could not be started.")
    if len(output) > OUTPUT_LIMIT_BYTES:
        return _report_absence("it has too much to say.")
    try:
        # With nothing to say it says an empty list: so no output, or half of one, is a crash and not praise.
        found = [_read(told, code) for told in json.loads(output)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return _report_absence("it ended early.")
    entry = _read_entry(code)
    findings = [finding for finding in found if finding is not None and not _is_app_import(finding, entry)]
    return Advice(findings, is_whole=True)


def _is_app_import(finding: Finding, entry: list[str]) -> bool:
    """`from core import app` in main.py is used by the runner; ruff would take it away."""
    start, end = finding["start"], finding["end"]
    if finding["code"] != "RUF-F401" or finding["file"] != "main.py" or end["line"] > len(entry):
        return False
    imported = entry[end["line"] - 1][: end["column"] - 1]
    return imported[start["column"] - 1 if start["line"] == end["line"] else 0 :].split()[-1:] in APP_NAMES


def _read_entry(code: Path) -> list[str]:
    try:
        return (code / "main.py").read_text("utf-8-sig", "replace").split("\n")
    except OSError:
        return []


async def _run(nursery: Nursery, order: Json) -> bytes | None:
    """Return what it prints, None when it never began; raise TimeoutError when it takes too long."""
    plumbing = Plumbing()
    read, plumbing.child_ends["answer"] = os.pipe()
    try:
        process = await nursery.fork(plumbing, Silence())
        try:
            await process.send(order)
            async with asyncio.timeout(DEADLINE_S):
                if output := await _read_all(read):
                    return output
                await process.ended
            return None if process.cause is BREAKDOWN else b""
        finally:
            process.signal(signal.SIGKILL)
    finally:
        os.close(read)


async def _read_all(fd: int) -> bytes:
    os.set_blocking(fd, False)
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    output = bytearray()

    def read() -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(fd, 1 << 16):
                output.extend(data)
                if len(output) > OUTPUT_LIMIT_BYTES:
                    break
            over.set()

    loop.add_reader(fd, read)
    try:
        await over.wait()
    finally:
        loop.remove_reader(fd)
    return bytes(output)


def _read(told: dict[str, Any], code: Path) -> Finding | None:
    rule = told["code"]
    if rule is None or rule == "invalid-syntax" or str(rule).startswith("E9"):
        return None
    file = os.path.relpath(told["filename"], code)
    severity: Severity = "hint" if str(rule) in TASTE else "warning"
    return make_finding(
        f"RUF-{cut(str(rule), RULE_LIMIT)}",
        severity,
        file,
        str(told["message"]),
        start=_place(told["location"]),
        end=_place(told["end_location"]),
        fixes=_read_fix(told["fix"], file),
    )


def _read_fix(told: dict[str, Any] | None, file: str) -> list[Fix]:
    if told is None or told["applicability"] not in ("safe", "unsafe"):
        return []
    edits = []
    for edit in told["edits"]:
        start, end = to_position(_place(edit["location"])), to_position(_place(edit["end_location"]))
        edits.append(Edit(file=file, start=start, end=end, text=str(edit["content"])))
    applicability: Literal["safe", "suggested"] = "safe" if told["applicability"] == "safe" else "suggested"
    return [Fix(title=str(told["message"] or "Apply ruff's fix"), applicability=applicability, edits=edits)]


def _place(told: dict[str, int]) -> tuple[int, int]:
    return int(told["row"]), int(told["column"])


def _report_absence(reason: str) -> Advice:
    finding = make_finding("RUF-000", "info", "", f"The advice of ruff is missing: {reason}")
    return Advice([finding], is_whole=False)
