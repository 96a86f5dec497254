"""Names and sizes of a project, before any file is read."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from fapi_runner.validate.findings import Finding, make_finding

FILES_LIMIT = 200
PROJECT_LIMIT_BYTES = 5_000_000
DEPTH_LIMIT = 8
SEGMENT = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*")


def list_files(code: Path) -> dict[str, int]:
    """Return the project's files by relative path, sorted, with their sizes."""
    found: dict[str, int] = {}
    for folder, _, names in os.walk(code):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, code).replace(os.sep, "/")] = os.stat(path).st_size
    return dict(sorted(found.items()))


def check_limits(files: dict[str, int]) -> list[Finding]:
    """Check the number of files and their bytes together."""
    findings: list[Finding] = []
    if len(files) > FILES_LIMIT:
        message = f"The project has {len(files)} files; the limit is {FILES_LIMIT}."
        findings.append(make_finding("LIM001", "error", "", message))
    size = sum(files.values())
    if size > PROJECT_LIMIT_BYTES:
        largest = max(files, key=lambda file: files[file])
        message = f"The project has {size} bytes; the limit is {PROJECT_LIMIT_BYTES}."
        hint = f"The largest file is {largest!r} with {files[largest]} bytes."
        findings.append(make_finding("LIM002", "error", "", message, hint=hint))
    return findings


def check_names(files: dict[str, int]) -> list[Finding]:
    """Check that every path means the same on every machine, and that Python can name every module."""
    findings: list[Finding] = []
    folded: dict[str, str] = {}
    for file in files:
        segments = file.split("/")
        if not all(map(SEGMENT.fullmatch, segments)):
            message = f"{file!r} is not allowed: use letters, digits, '_', '-' and '.', and do not start with a dot."
            findings.append(make_finding("SRC006", "error", file, message))
        if len(segments) > DEPTH_LIMIT:
            message = f"{file!r} is nested {len(segments)} deep; the limit is {DEPTH_LIMIT}."
            findings.append(make_finding("SRC007", "error", file, message))
        findings += _find_twin(file, segments, folded)
        findings += _find_unimportable(file, segments)
    return findings


def _find_twin(file: str, segments: list[str], folded: dict[str, str]) -> list[Finding]:
    # Each folder on the way as well: Models/a.py and models/b.py are one folder elsewhere.
    for depth in range(1, len(segments) + 1):
        path = "/".join(segments[:depth])
        twin = folded.setdefault(path.lower(), path)
        if twin != path:
            message = f"{path!r} and {twin!r} differ only in case."
            return [make_finding("SRC008", "error", file, message, hint="Rename one of them.")]
    return []


def _find_unimportable(file: str, segments: list[str]) -> list[Finding]:
    if not file.endswith(".py") or len(segments) == 1:
        return []  # a file in the root may be a script that is run by its path
    for name in (*segments[:-1], segments[-1].removesuffix(".py")):
        if not name.isidentifier() or keyword.iskeyword(name):
            message = f"{file!r} cannot be imported: {name!r} is not a valid name in Python."
            return [make_finding("IMP006", "info", file, message, hint="Use letters, digits and '_'.")]
    return []
