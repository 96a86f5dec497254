"""The whole verdict, told file by file so that a file that kills the checker can be named."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from pathlib import Path

from fapi_runner.protocol import Json
from fapi_runner.validate.capabilities import check_capabilities
from fapi_runner.validate.entry import check_entry, check_main
from fapi_runner.validate.files import check_limits, check_names, list_files
from fapi_runner.validate.findings import Finding, make_finding, order_findings
from fapi_runner.validate.imports import Importing, check_imports, note_imports
from fapi_runner.validate.modules import check_twins
from fapi_runner.validate.source import check_written_names, read_source
from fapi_runner.validate.syntax import check_syntax

FILE_LIMIT_S = 3.0
PROJECT_LIMIT_S = 5.0


def validate_project(code: Path, skip: set[str], tell: Callable[[Json], None]) -> None:
    """Check everything but the files of `skip`, which earlier killed or stalled a checker."""
    # Syntax trees are many objects and no garbage; a collector would look through all of them again and again.
    gc.disable()
    files = list_files(code)
    names = list(files)
    hygiene = check_limits(files) + check_names(files) + check_twins(names) + check_main(names)
    tell({"kind": "findings", "findings": order_findings(hygiene)})
    imports: dict[str, Importing] = {}
    for file in names:
        if not file.endswith(".py") or file in skip:
            continue
        tell({"kind": "checking", "file": file})
        _limit_processor_time(FILE_LIMIT_S)
        findings = _check_file(code, file, imports)
        if findings:
            tell({"kind": "findings", "findings": order_findings(findings)})
    tell({"kind": "checking", "file": ""})
    _limit_processor_time(PROJECT_LIMIT_S)
    try:
        findings = check_imports(imports, names)
    except (RecursionError, MemoryError):
        findings = [make_finding("PY002", "warning", "", "A file is nested too deeply for its imports to be checked.")]
    tell({"kind": "findings", "findings": order_findings(findings)})
    tell({"kind": "validated"})


def _limit_processor_time(seconds: float) -> None:
    """Have SIGPROF end this process; a clock on the wall would blame the file for what its neighbours take."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _check_file(code: Path, file: str, imports: dict[str, Importing]) -> list[Finding]:
    text, findings = read_source(file, (code / file).read_bytes())
    if text is None:
        return findings
    parsed, syntax = check_syntax(file, text)
    findings += syntax
    if parsed is None:
        return findings
    try:
        imports[file] = note_imports(parsed)
        findings += check_written_names(parsed) + check_capabilities(parsed)
        if file == "main.py":
            findings += check_entry(parsed)
    except (RecursionError, MemoryError):
        findings.append(make_finding("PY002", "warning", file, "The file is nested too deeply to be looked into."))
    # It is made again where an import is wrong: kept for all files, the trees would take a hundred times their text.
    vars(parsed).pop("tree", None)
    return findings
