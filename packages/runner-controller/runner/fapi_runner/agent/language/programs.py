"""The two language servers: how each is started, what it is told at first, and what it may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.checking.lint import IGNORED, RULES
from fapi_runner.protocol import Json

MEBIBYTE = 1 << 20
# Of the processor, until it is ended and started again: a loop in one of them ends at last.
PROCESSOR_SECONDS = 600
THREADS = "2"


class Program(NamedTuple):
    """One server."""

    name: str
    memory_bytes: int
    file_bytes: int  # of one file that it writes; 0 where it writes nothing
    options: Json

    @property
    def path(self) -> Path:
        """Where it is, beside the interpreter that brought it."""
        return Path(sys.executable).with_name(self.name)

    def make_order(self, app: Path, cache: Path) -> Json:
        """Return what a child is told in order to become it."""
        environment = {
            "PATH": os.defpath,
            "NO_COLOR": "1",
            "RAYON_NUM_THREADS": THREADS,
            "TY_MAX_PARALLELISM": THREADS,
            # Without a home, which its user has not, there is no cache either.
            "HOME": str(cache),
            "XDG_CACHE_HOME": str(cache),
            "RUFF_NO_CACHE": "true",
        }
        order: Json = {
            "kind": "language",
            "code": str(app),
            "program": str(self.path),
            "arguments": ["server"],
            "environment": environment,
            "processorSeconds": PROCESSOR_SECONDS,
            "memoryBytes": self.memory_bytes,
            "fileBytes": self.file_bytes,
        }
        return order | ({"folder": str(cache)} if self.file_bytes else {})


TY = Program(
    "ty",
    512 * MEBIBYTE,
    # The stubs of Python's own modules are in its program: it writes down those that an editor is led to.
    4 * MEBIBYTE,
    {
        "diagnosticMode": "openFilesOnly",
        # With it, a completion without a dot takes a fifth of a second: names that need an import are code actions.
        "completions": {"autoImport": False},
        "configuration": {"environment": {"python": sys.prefix}},
    },
)
RUFF = Program(
    "ruff",
    256 * MEBIBYTE,
    0,
    {
        "settings": {
            "configurationPreference": "editorFirst",
            "lint": {"select": RULES.split(","), "ignore": IGNORED.split(",")},
        }
    },
)
# What we do for an editor, whatever it can do itself: findings are asked for, and files are watched by us.
CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"diagnostic": {"dynamicRegistration": False}},
    "workspace": {
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "fileOperations": {"willRename": True},
    },
}


def make_introduction(program: Program, uri: str, capabilities: Json) -> Json:
    """Return the params of `initialize`, with what an editor has said that it can do."""
    merged: Json = {key: capabilities[key] for key in ("textDocument", "general") if key in capabilities}
    for key, own in CAPABILITIES.items():
        said = merged.get(key)
        merged[key] = (said if isinstance(said, dict) else {}) | own
    return {
        "processId": None,
        "rootUri": uri,
        "workspaceFolders": [{"uri": uri, "name": "app"}],
        "capabilities": merged,
        "initializationOptions": program.options,
    }
