"""Notices when an import reads an asset of the revision that is still serving.

A candidate shares the app's folder with who serves now, and the links there change only at the switch. An app that
reads `config.json` while it is imported would thus keep the former one for ever; so the agent imports it once more
after the switch of the links when this says so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

READING = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}


class AssetWatch:
    """Watches from its making until `stop`; an audit hook cannot be taken away, only be made idle."""

    def __init__(self, code: Path) -> None:
        self.has_read_former = False
        self._code = str(code) + os.sep
        self._revisions = str(code.parent) + os.sep
        self._folder = os.getcwd() + os.sep
        self._watching = True
        sys.addaudithook(self._see)

    def stop(self) -> None:
        """Look no further."""
        self._watching = False

    def _see(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._watching or event not in READING or self.has_read_former:
            return
        path = arguments[0] if arguments else None
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str) or (os.path.isabs(path) and not path.startswith(self._folder)):
            return
        real = os.path.realpath(path) + os.sep
        self.has_read_former = real.startswith(self._revisions) and not real.startswith(self._code)
