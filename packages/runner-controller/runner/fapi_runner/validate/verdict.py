"""The whole verdict, told file by file so that a file that kills the checker can be named."""

from __future__ import annotations

import ast
import gc
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
from fapi_runner.validate.syntax import check_syntax

Trees = dict[str, tuple[ast.Module, list[str]]]


def validate_project(code: Path, skip: set[str], tell: Callable[[Json], None]) -> None:
    """Check everything but the files of `skip`, which earlier killed or stalled a checker."""
    # Syntax trees are many objects and no garbage; a collector would look through all of them again and again.
    gc.disable()
    files = list_files(code)
    names = list(files)
    tell({"kind": "findings", "findings": check_limits(files) + check_names(files) + check_twins(names)})
    trees: Trees = {}
    for file in names:
        if not file.endswith(".py") or file in skip:
            continue
        tell({"kind": "checking", "file": file})
        findings = _check_file(code, file, trees)
        if findings:
            tell({"kind": "findings", "findings": order_findings(findings)})
    tell({"kind": "checking", "file": ""})
    tell({"kind": "findings", "findings": _check_project(trees, names)})
    tell({"kind": "validated"})


def _check_file(code: Path, file: str, trees: Trees) -> list[Finding]:
    text, findings = read_source(file, (code / file).read_bytes())
    if text is None:
        return findings
    lines = text.split("\n")
    tree, syntax = check_syntax(file, text, lines)
    findings += syntax
    if tree is None:
        return findings
    trees[file] = (tree, lines)
    try:
        return findings + check_written_names(file, tree, text, lines) + check_capabilities(file, tree, text, lines)
    except RecursionError:  # what is found in the tree is advice, and Python itself can compile this
        return findings


def _check_project(trees: Trees, files: list[str]) -> list[Finding]:
    try:
        tree, lines = trees.get("main.py", (None, []))
        return order_findings(check_entry(tree, lines, files) + check_imports(trees, files))
    except RecursionError:
        return [make_finding("PY002", "error", "", "The project is nested too deeply to be checked.")]
