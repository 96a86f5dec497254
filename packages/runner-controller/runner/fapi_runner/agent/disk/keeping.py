"""One JSON file that neither a kill nor a power cut may lose: written at once, and in its place once the disk has it.

An agent that is killed has left the newest one beside the file; after a power cut that one may be empty, and the file
is what the disk held before.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from pathlib import Path

from fapi_runner.agent.disk.folder import FolderError, write_atomically
from fapi_runner.protocol import Json


class KeptFile:
    """What `write` was given last is what the next `read` returns, whoever reads it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(path.name + ".next")
        self._syncing: asyncio.Future[None] | None = None
        self._is_newer = False

    def read(self) -> Json | None:
        """Return what was written last, None where nothing ever was; raise FolderError when it is no JSON."""
        try:
            newest: Json = json.loads(self._next.read_text("utf-8"))
        except FileNotFoundError:
            return self._read_kept()
        except ValueError:
            print(f"{self._next} is spoilt, by a power cut perhaps: what was kept before is used.", file=sys.stderr)  # noqa: T201 - the agent's log
            return self._read_kept()
        self._sync_later()
        return newest

    def write(self, value: Json) -> None:
        """Replace it; raise OSError when it cannot be written."""
        write_atomically(self._next, value)
        # Nobody waits for the disk: only a power cut would, and no click should.
        self._sync_later()

    def _read_kept(self) -> Json | None:
        try:
            kept: Json = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            # Without it nobody would know which commands are too old to be obeyed: so no agent, rather than a new one.
            message = f"{self._path} is no JSON ({error}): put back a copy, or delete it to begin without any app."
            raise FolderError(message) from error
        return kept

    def _sync_later(self) -> None:
        self._is_newer = True
        if self._syncing is None:
            self._sync()

    def _sync(self) -> None:
        self._is_newer = False
        self._syncing = asyncio.get_running_loop().run_in_executor(None, _sync_file, self._next)
        self._syncing.add_done_callback(self._settle)

    def _settle(self, syncing: asyncio.Future[None]) -> None:
        self._syncing = None
        if self._is_newer:
            self._sync()
        elif error := syncing.exception():
            traceback.print_exception(error, file=sys.stderr)  # it stays where it is, and the next one is tried again
        else:
            self._next.replace(self._path)


def _sync_file(path: Path) -> None:
    """Have the disk hold what a file says now, and that it is there."""
    for entry in (path, path.parent):
        fd = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
