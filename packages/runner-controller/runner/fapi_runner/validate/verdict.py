"""The whole verdict, told file by file so that a file that kills the checker can be named."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable
from pathlib import Path

from fapi_runner.protocol import Json
from fapi_runner.validate.entry import check_entry
from fapi_runner.validate.files import check_limits, check_names, list_files, read_source
from fapi_runner.validate.findings import Finding, find_span, make_finding
from fapi_runner.validate.imports import check_imports
from fapi_runner.validate.syntax import check_syntax


def validate_project(code: Path, skip: set[str], tell: Callable[[Json], None]) -> None:
    """Check everything but the files of `skip`, which earlier killed or stalled a checker."""
    files = list_files(code)
    tell({"kind": "findings", "findings": check_limits(code, files) + check_names(files)})
    trees: dict[str, tuple[ast.Module, str]] = {}
    for file in files:
        if not file.endswith(".py") or file in skip:
            continue
        tell({"kind": "checking", "file": file})
        tree, text, findings = _check_file(code, file)
        tell({"kind": "findings", "findings": findings})
        if tree is not None:
            trees[file] = (tree, text)
    tell({"kind": "checking", "file": ""})
    entry, entry_text = trees.get("main.py", (None, ""))
    findings = check_entry(entry, entry_text, files)
    try:
        findings += check_imports(trees, files)
    except RecursionError:
        findings.append(make_finding("PY002", "error", "", "The project is nested too deeply to be checked."))
    tell({"kind": "findings", "findings": findings})
    tell({"kind": "validated"})


def _check_file(code: Path, file: str) -> tuple[ast.Module | None, str, list[Finding]]:
    text, findings = read_source(file, (code / file).read_bytes())
    if text is None:
        return None, "", findings
    tree, syntax = check_syntax(file, text)
    findings += syntax
    if tree is not None and not text.isascii():
        findings += _check_names(file, text)
    return tree, text, findings


def _check_names(file: str, text: str) -> list[Finding]:
    lines = text.split("\n")
    findings: list[Finding] = []
    # ast has the names already normalized; only the text still shows how they were written.
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            start, end = find_span(node, lines)
            written = lines[start[0] - 1][start[1] - 1 : end[1] - 1]
            if written != node.id and unicodedata.normalize("NFKC", written) == node.id:
                message = f"Python reads {written!r} as {node.id!r}."
                findings.append(make_finding("SRC009", "warning", file, message, start=start, end=end))
    return findings
