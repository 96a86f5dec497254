"""The app's working folder: its own files stay, the revision's assets are linked in beside them."""

from __future__ import annotations

import os
from pathlib import Path


def link_missing(folder: Path, code: Path) -> None:
    """Add links to a candidate's assets and touch none of the running revision's."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in list_assets(code):
        path = folder / entry.name
        if not os.path.lexists(path):
            path.symlink_to(entry)


def point_links(folder: Path, code: Path, revisions: Path) -> None:
    """Make every link lead to this revision and remove those it has no asset for."""
    folder.mkdir(parents=True, exist_ok=True)
    assets = {entry.name: entry for entry in list_assets(code)}
    for path in folder.iterdir():
        if _is_ours(path, revisions) and path.name not in assets:
            path.unlink()
    for name, entry in assets.items():
        path = folder / name
        if _is_ours(path, revisions):
            # Renamed over, so that the running app never looks while there is nothing.
            fresh = folder / f".fapi-link-{name}"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(entry)
            fresh.replace(path)
        elif not os.path.lexists(path):
            path.symlink_to(entry)


def _is_ours(path: Path, revisions: Path) -> bool:
    return path.is_symlink() and revisions in Path(os.readlink(path)).parents


def list_assets(code: Path) -> list[Path]:
    """Return what an app may open by a relative path: everything at the top that is not code alone."""
    return [entry for entry in code.iterdir() if _has_assets(entry)]


def _has_assets(entry: Path) -> bool:
    if entry.is_dir():
        return any(path.is_file() and path.suffix != ".py" for path in entry.rglob("*"))
    return entry.suffix != ".py"
