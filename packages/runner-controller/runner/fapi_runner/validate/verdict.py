"""The verdict on a project, told word by word so that a file that kills the checker can be named."""

from __future__ import annotations

import gc
import json
import signal
from collections.abc import Callable
from pathlib import Path

from fapi_runner.protocol import Json
from fapi_runner.validate.bytecode import Import
from fapi_runner.validate.capabilities import check_capabilities
from fapi_runner.validate.entry import check_entry, check_main
from fapi_runner.validate.files import check_limits, check_names, list_files
from fapi_runner.validate.findings import Finding, make_finding, order_findings
from fapi_runner.validate.imports import check_imports, list_imports, read_file_imports
from fapi_runner.validate.modules import check_twins
from fapi_runner.validate.source import check_written_names, read_source
from fapi_runner.validate.syntax import Source, check_syntax

FILE_LIMIT_S = 3.0
PROJECT_LIMIT_S = 5.0
# More than anybody imports by hand. The rest is read from the file again rather than carried about.
IMPORTS_LIMIT_BYTES = 8 << 10

# As they travel: an Import has become a list. None where there are too many.
Imports = list[Import] | None


def validate(code: Path, receive: Callable[[], Json | None], tell: Callable[[Json], None]) -> None:
    """Check what is asked for, one file after the other and then all of them together, until nobody asks."""
    # Syntax trees are many objects and no garbage; a collector would look through all of them again and again.
    gc.disable()
    imports: dict[str, Imports] = {}
    while message := receive():
        if message["kind"] == "file":
            tell(_check_file(code, message["file"]))
        elif message["kind"] == "imports":
            imports[message["file"]] = message["imports"]
        elif message["kind"] == "project":
            tell({"kind": "checked", "findings": order_findings(_check_project(code, imports))})


def _check_file(code: Path, file: str) -> Json:
    """Check one file by itself: what is found depends on its name and its bytes alone."""
    limit_processor_time(FILE_LIMIT_S)
    text, findings = read_source(file, (code / file).read_bytes())
    compiled, syntax = check_syntax(file, text) if text is not None else (None, [])
    findings += syntax
    imports: Imports = []
    if compiled is not None:
        try:
            imports = sorted(set(read_file_imports(compiled)))
            findings += check_written_names(compiled) + check_capabilities(compiled)
            if file == "main.py":
                findings += check_entry(compiled)
        except (RecursionError, MemoryError):
            findings.append(make_finding("PY002", "warning", file, "The file is nested too deeply to be checked."))
        if len(json.dumps(imports)) > IMPORTS_LIMIT_BYTES:
            imports = None
    return {"kind": "checked", "findings": order_findings(findings), "imports": imports}


def _check_project(code: Path, told: dict[str, Imports]) -> list[Finding]:
    """Check what no file shows by itself."""
    limit_processor_time(PROJECT_LIMIT_S)
    files = list_files(code)
    names = list(files)
    findings = check_limits(files) + check_names(files) + check_twins(names) + check_main(names)

    def read(file: str) -> Source | None:
        text, _ = read_source(file, (code / file).read_bytes())
        return None if text is None else Source(file, text)

    try:
        found: dict[str, list[Import]] = {}
        for file, imports in told.items():
            if imports is not None:
                found[file] = [Import(module, level, tuple(taken)) for module, level, taken in imports]
            elif source := read(file):
                found[file] = [name.imported for name in list_imports(source)]
        return findings + check_imports(found, names, read)
    except (RecursionError, MemoryError):
        message = "A file is nested too deeply for its imports to be checked."
        return [*findings, make_finding("PY002", "warning", "", message)]


def limit_processor_time(seconds: float) -> None:
    """Have SIGPROF end this process; a clock on the wall would blame the file for what its neighbours take."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
