"""The users that children become when the agent is root: one per app, the same after every restart."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

# A range that no distribution hands out; 24 bits of it are ours.
SPARE_UID = 0x70000000
APPS = (1 << 24) - 1


def find_app_uid(folder: Path) -> int:
    """Return the user of an app's folder; another state folder's app of the same name has another one."""
    digest = hashlib.sha256(os.fsencode(folder)).digest()
    return SPARE_UID + 1 + int.from_bytes(digest[:8]) % APPS


def hand_over(folder: Path, uid: int) -> None:
    """Give a folder and all in it to a user, unless it was given before."""
    if folder.stat().st_uid == uid:
        return
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(place, name), uid, uid, follow_symlinks=False)
    # Last, so that a walk that was cut short is done again.
    os.chown(folder, uid, uid)


def become(uid: int, must_reach: list[Path]) -> None:
    """Change to this user for good; raise OSError when it could not reach what it needs."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    for path in must_reach:
        if not os.access(path, os.X_OK):
            raise PermissionError(f"another user cannot reach {path}")
