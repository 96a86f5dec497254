"""The app's working folder: its own files stay, the revision's assets are linked in beside them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from fapi_runner.agent.disk.trees import delete_tree


def link_missing(folder: Path, code: Path) -> None:
    """Add links to a candidate's assets and touch none of the running revision's."""
    make_folder(folder)
    live = find_live(folder)
    if not live.is_symlink():
        live.symlink_to(code)
    for entry in list_assets(code):
        path = folder / entry.name
        if not os.path.lexists(path):
            path.symlink_to(live / entry.name)


def point_links(folder: Path, code: Path, revisions: Path) -> None:
    """Make every link lead to this revision and remove those it has no asset for."""
    make_folder(folder)
    live = find_live(folder)
    # Left alone where it is right: who only comes back needs no room on a disk that is full.
    if not live.is_symlink() or live.readlink() != code:
        # Renamed over, so that the running app never looks while there is nothing.
        fresh = live.with_name(f".{live.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(code)
        fresh.replace(live)
    assets = {entry.name for entry in list_assets(code)}
    with os.scandir(folder) as entries:
        links = [Path(entry.path) for entry in entries if entry.is_symlink()]
    for path in links:
        if _is_ours(path, (live, revisions)) and (path.name not in assets or path.readlink() != live / path.name):
            path.unlink()
    for name in assets:
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(live / name)


def find_live(folder: Path) -> Path:
    """Return the link to the code of who serves; in a root of its own, a child finds its own code there."""
    return folder.parent.parent / "live" / folder.name


def delete_folder(folder: Path) -> None:
    """Delete an app's folder and the link to its code."""
    find_live(folder).unlink(missing_ok=True)
    delete_tree(folder)


def make_folder(folder: Path) -> None:
    """Make the folder of an app that has none yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_ours(path: Path, roots: tuple[Path, ...]) -> bool:
    target = Path(os.readlink(path))
    return any(root in target.parents for root in roots)


@lru_cache(maxsize=1024)
def list_assets(code: Path) -> tuple[Path, ...]:
    """Return what an app may open by a relative path: everything at the top of a revision.

    Code as well: plugins are looked for with `os.listdir`, and `sys.path.append("src")` is relative too.
    """
    return tuple(code.iterdir())
