"""Agents of other kinds: another user's, at a lower level, with an interpreter that every user can reach."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

NOBODY = 65534


class Kind(NamedTuple):
    """Who runs the agent and how far it may go."""

    user: int | None
    limit: int

    def __str__(self) -> str:
        return f"{'nobody' if self.user else 'own'}-{self.limit}"


def list_kinds() -> list[Kind]:
    """Every kind of agent that claims a level and that whoever runs the tests can start.

    Nobody's at 1 claims none: apart from each other are apps there by the uid of each, which only root can give.
    """
    if os.getuid() == 0:
        return [Kind(None, 3), Kind(None, 2), Kind(None, 1), Kind(NOBODY, 3), Kind(NOBODY, 2)]
    return [Kind(None, 3), Kind(None, 2)]


def make_state(user: int | None = None) -> Path:
    """Return a new state folder, of whoever runs the tests or of another user."""
    # Short on purpose: pytest's own folders are too long for the path of a unix socket.
    state = Path(tempfile.mkdtemp(prefix="fapi-"))
    if user is not None:
        os.chown(state, user, user)
    return state


@cache
def find_python() -> str:
    """Return an interpreter with the curated layer all users reach; without one the test is skipped, in CI it fails."""
    if _is_own_reachable():
        return sys.executable
    home = make_home()
    if home is None:
        reason = "there is no interpreter here that other users can reach"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return str(home / "bin" / "python")


def make_home() -> Path | None:
    """Return a new environment with the curated layer that every user can reach, None when none can be made here."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    layer = Path(next(path for path in sys.path if path.endswith("site-packages")))
    base = sys.executable
    if not _is_own_reachable():
        base = shutil.which(name, path="/usr/local/bin:/usr/bin") or ""
        if not base or not _can_others_reach(Path(base)) or not _can_others_reach(layer):
            return None
    home = Path(tempfile.mkdtemp(prefix="fapi-python-"))
    atexit.register(shutil.rmtree, home)
    home.chmod(0o755)
    subprocess.run([base, "-m", "venv", "--without-pip", home], check=True)
    (find_packages(home) / "curated.pth").write_text(f"{layer}\n")
    return home


def find_packages(home: Path) -> Path:
    """Return the folder of an environment's own packages."""
    return next(home.glob("lib/python3*/site-packages"))


def _is_own_reachable() -> bool:
    # Not resolved: of a chain of links each must be reachable, and the layer belongs to the first.
    own = (Path(sys.executable), Path(sys.base_prefix), Path(sys.prefix))
    return os.getuid() != 0 or all(map(_can_others_reach, own))


def _can_others_reach(path: Path) -> bool:
    real = path.resolve()
    return all(place.stat().st_mode & 0o001 for place in [*path.parents, *real.parents])
