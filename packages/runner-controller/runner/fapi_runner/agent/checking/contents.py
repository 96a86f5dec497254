"""What a revision's files are, by name and digest: whatever is found in one depends on these alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from fapi_runner.validate.files import list_files

# What ruff looks at; CPython's own verdict is for the first of them.
READ_SUFFIXES = (".py", ".pyi", ".ipynb", ".md")


@dataclass
class Contents:
    """The files that a check reads, by path."""

    sizes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    # Of all names together: whether an import is of the project's own is a question of which files there are.
    names: bytes = b""

    def list_python(self) -> list[str]:
        """Return the files of which CPython has the last word."""
        return [file for file in self.digests if file.endswith(".py")]


def read_contents(code: Path) -> Contents:
    """Read a revision's files."""
    contents = Contents(list_files(code))
    for file in contents.sizes:
        if file.endswith(READ_SUFFIXES):
            contents.digests[file] = _digest(file.encode("utf-8", "surrogateescape"), (code / file).read_bytes())
    contents.names = _digest(*(file.encode("utf-8", "surrogateescape") for file in contents.sizes))
    return contents


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()
