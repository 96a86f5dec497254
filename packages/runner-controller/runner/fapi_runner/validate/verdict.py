"""The whole verdict, told file by file so that a file that kills the checker can be named."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from pathlib import Path

from fapi_runner.protocol import Json
from fapi_runner.validate.capabilities import check_capabilities
from fapi_runner.validate.entry import check_entry
from fapi_runner.validate.files import check_limits, check_names, list_files
from fapi_runner.validate.findings import Finding, make_finding, order_findings
from fapi_runner.validate.imports import check_imports
from fapi_runner.validate.modules import check_twins
from fapi_runner.validate.source import check_written_names, read_source
from fapi_runner.validate.syntax import Parsed, check_syntax

FILE_LIMIT_S = 3.0
PROJECT_LIMIT_S = 5.0


def validate_project(code: Path, skip: set[str], tell: Callable[[Json], None]) -> None:
    """Check everything but the files of `skip`, which earlier killed or stalled a checker."""
    # Syntax trees are many objects and no garbage; a collector would look through all of them again and again.
    gc.disable()
    files = list_files(code)
    names = list(files)
    tell({"kind": "findings", "findings": check_limits(files) + check_names(files) + check_twins(names)})
    sources: dict[str, Parsed] = {}
    for file in names:
        if not file.endswith(".py") or file in skip:
            continue
        tell({"kind": "checking", "file": file})
        _limit_processor_time(FILE_LIMIT_S)
        findings = _check_file(code, file, sources)
        if findings:
            tell({"kind": "findings", "findings": order_findings(findings)})
    tell({"kind": "checking", "file": ""})
    _limit_processor_time(PROJECT_LIMIT_S)
    tell({"kind": "findings", "findings": _check_project(sources, names)})
    tell({"kind": "validated"})


def _limit_processor_time(seconds: float) -> None:
    """Have SIGPROF end this process; a clock on the wall would blame the file for what its neighbours take."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _check_file(code: Path, file: str, sources: dict[str, Parsed]) -> list[Finding]:
    text, findings = read_source(file, (code / file).read_bytes())
    if text is None:
        return findings
    parsed, syntax = check_syntax(file, text)
    findings += syntax
    if parsed is None:
        return findings
    sources[file] = parsed
    try:
        return findings + check_written_names(parsed) + check_capabilities(parsed)
    except RecursionError:  # what is found in the tree is advice, and Python itself can compile this
        return findings


def _check_project(sources: dict[str, Parsed], files: list[str]) -> list[Finding]:
    try:
        return order_findings(check_entry(sources.get("main.py"), files) + check_imports(sources, files))
    except RecursionError:
        return [make_finding("PY002", "error", "", "The project is nested too deeply to be checked.")]
