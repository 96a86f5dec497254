"""A copy of a project that its code may write to, as at home."""

from __future__ import annotations

import shutil
from pathlib import Path


def copy_project(code: Path, project: Path) -> None:
    """Copy the files of a revision, or lay them over those that are there."""
    # Not with the modes of the revision: at home a test may write beside itself.
    shutil.copytree(code, project, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for path in (project, *project.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
