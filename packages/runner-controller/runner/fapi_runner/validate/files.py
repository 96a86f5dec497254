"""Names, sizes and bytes of a project, before anything is parsed."""

from __future__ import annotations

import re
from pathlib import Path

from fapi_runner.validate.findings import Finding, make_finding

FILES_LIMIT = 200
PROJECT_LIMIT_BYTES = 5_000_000
DEPTH_LIMIT = 8
SEGMENT = re.compile(r"[A-Za-z0-9_.\-]+")
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
UTF8_NAMES = {"utf-8", "utf8", "u8", "utf", "utf-8-sig"}
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def list_files(code: Path) -> list[str]:
    """Return the project's files, relative and sorted."""
    return sorted(path.relative_to(code).as_posix() for path in code.rglob("*") if path.is_file())


def check_limits(code: Path, files: list[str]) -> list[Finding]:
    """Check the number of files and their size together."""
    findings: list[Finding] = []
    if len(files) > FILES_LIMIT:
        message = f"The project has {len(files)} files; {FILES_LIMIT} are allowed."
        findings.append(make_finding("LIM001", "error", "", message))
    size = sum((code / file).stat().st_size for file in files)
    if size > PROJECT_LIMIT_BYTES:
        message = f"The project has {size} bytes; {PROJECT_LIMIT_BYTES} are allowed."
        findings.append(make_finding("LIM002", "error", "", message))
    return findings


def check_names(files: list[str]) -> list[Finding]:
    """Check that every path means the same on every machine."""
    findings: list[Finding] = []
    folded: dict[str, str] = {}
    for file in files:
        segments = file.split("/")
        if any(not SEGMENT.fullmatch(segment) or segment.startswith(".") for segment in segments):
            message = f"{file!r} is no allowed name: letters, digits, '_', '-' and '.', not starting with a dot."
            findings.append(make_finding("SRC006", "error", file, message))
        if len(segments) > DEPTH_LIMIT:
            message = f"{file!r} is nested {len(segments)} deep; {DEPTH_LIMIT} are allowed."
            findings.append(make_finding("SRC007", "error", file, message))
        twin = folded.setdefault(file.lower(), file)
        if twin != file:
            message = f"{file!r} and {twin!r} differ only in case."
            findings.append(make_finding("SRC008", "error", file, message))
    return findings


def read_source(file: str, data: bytes) -> tuple[str | None, list[Finding]]:
    """Decode a Python file; the text is None when it must not be parsed."""
    findings: list[Finding] = []

    def refuse(code: str, message: str, offset: int) -> None:
        line = data.count(b"\n", 0, offset) + 1
        column = len(data[data.rfind(b"\n", 0, offset) + 1 : offset].decode("utf-8", "replace")) + 1
        findings.append(make_finding(code, "error", file, message, start=(line, column)))

    if (offset := data.find(b"\0")) >= 0:
        refuse("SRC001", "The file contains a NUL byte.", offset)
    for line in data.split(b"\n", 2)[:2]:
        cookie = COOKIE.match(line)
        if cookie and cookie[1].decode("ascii", "replace").lower().replace("_", "-") not in UTF8_NAMES:
            message = f"The file declares the encoding {cookie[1].decode('ascii', 'replace')}; only UTF-8 is allowed."
            refuse("SRC003", message, data.find(line))
    bare = re.search(rb"\r(?!\n)", data)
    if bare:
        refuse("SRC004", "The file contains a carriage return without a line feed.", bare.start())
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse("SRC002", f"The file is not UTF-8: {error.reason}.", error.start)
        return None, findings
    for number, content in enumerate(text.split("\n"), 1):
        if hidden := BIDI.search(content):
            message = "A character here changes the direction of text: what is shown may not be what runs."
            findings.append(make_finding("SRC005", "warning", file, message, start=(number, hidden.start() + 1)))
    refused = any(finding["severity"] == "error" for finding in findings)
    return (None if refused else text), findings
