"""The throw-away copy of an app's folder in which a draft is imported, and how the real folder takes its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from fapi_runner.agent.disk.workfolder import list_assets

BYTES_LIMIT = 16 << 20
FILES_LIMIT = 1000


class View:
    """One copy; `folder` stays a valid path until `close`, whatever it leads to."""

    def __init__(self, root: Path, real: Path, code: Path) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="view-", dir=root))
        self.folder = self._root / "app"
        self._copy = self._root / "copy"
        self.folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            self._root.chmod(0o711)  # for the app's own user
        self.is_whole = _copy_data(real, self.folder)
        for asset in list_assets(code):
            if not os.path.lexists(self.folder / asset.name):
                (self.folder / asset.name).symlink_to(asset)

    def give_way(self, real: Path) -> None:
        """Let the path lead to the real folder: the app may have made absolute paths of it while it was imported."""
        self.folder.rename(self._copy)
        self.folder.symlink_to(real)

    def drop_copy(self) -> None:
        """Delete the copied files; nobody works in them any more."""
        shutil.rmtree(self._copy, ignore_errors=True)

    def close(self) -> None:
        """Delete everything but what the real folder holds."""
        with contextlib.suppress(OSError):
            self.folder.unlink()
        shutil.rmtree(self._root, ignore_errors=True)


def _copy_data(real: Path, folder: Path) -> bool:
    """Copy the app's own files, not the links to assets; False when there are too many."""
    if not real.is_dir():
        return True
    _keep_owner(real, folder)
    bytes_left, files_left = BYTES_LIMIT, FILES_LIMIT
    for parent, folders, files in os.walk(real):
        target = folder / Path(parent).relative_to(real)
        for name in list(folders):
            path = Path(parent, name)
            if path.is_symlink():
                folders.remove(name)
                continue
            (target / name).mkdir()
            _keep_owner(path, target / name)
        for name in files:
            path = Path(parent, name)
            if path.is_symlink() or not path.is_file():
                continue
            bytes_left -= path.stat().st_size
            files_left -= 1
            if bytes_left < 0 or files_left < 0:
                return False
            # The app may be at work in there: a file that has gone meanwhile is no trouble.
            with contextlib.suppress(OSError):
                shutil.copy2(path, target / name)
                _keep_owner(path, target / name)
    return True


def _keep_owner(path: Path, copy: Path) -> None:
    facts = path.stat()
    copy.chmod(facts.st_mode & 0o7777)
    if os.geteuid() == 0:
        os.chown(copy, facts.st_uid, facts.st_gid)
