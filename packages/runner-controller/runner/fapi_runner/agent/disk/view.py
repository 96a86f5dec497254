"""The throw-away copy of an app's folder in which a draft is imported, and how the real folder takes its place."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from fapi_runner.agent.disk.trees import copy_tree, delete_tree
from fapi_runner.agent.disk.workfolder import list_assets, make_folder

BYTES_LIMIT = 16 << 20
ENTRIES_LIMIT = 1000


class View:
    """One copy; `folder` stays a valid path until `close`, whatever it leads to."""

    def __init__(self, root: Path, real: Path, code: Path) -> None:
        make_folder(real)
        self.root = Path(tempfile.mkdtemp(prefix="view-", dir=root))
        self.folder = self.root / "app"
        self._copy = self.root / "copy"
        self.folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            self.root.chmod(0o711)  # for the app's own user
        self.is_whole = copy_tree(real, self.folder, BYTES_LIMIT, ENTRIES_LIMIT)
        for asset in list_assets(code):
            if not os.path.lexists(self.folder / asset.name):
                (self.folder / asset.name).symlink_to(asset)

    def give_way(self, real: Path) -> None:
        """Let the path lead to the real folder: the app may have made absolute paths of it while it was imported."""
        self.folder.rename(self._copy)
        self.folder.symlink_to(real)

    def drop_copy(self) -> None:
        """Delete the copied files; nobody works in them any more."""
        delete_tree(self._copy)

    def close(self) -> None:
        """Delete everything but what the real folder holds."""
        with contextlib.suppress(OSError):
            self.folder.unlink()
        delete_tree(self.root)
