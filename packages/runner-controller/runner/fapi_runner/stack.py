"""Which runner this is: its identity and the versions it serves with."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import distributions, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
LOCK = PACKAGE.parent / "requirements.txt"


def compute_identity() -> str:
    """Return the sha256 over the runner package and its lock."""
    digest = hashlib.sha256()
    for path in [*sorted(PACKAGE.rglob("*.py")), LOCK]:
        digest.update(path.relative_to(PACKAGE.parent).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def find_packages() -> dict[str, str]:
    """Return the versions of all that apps can import, by the normalised name of the package."""
    names = ((re.sub(r"[-_.]+", "-", one.name).lower(), one.version) for one in distributions())
    return dict(sorted(names))


def find_versions() -> dict[str, str]:
    """Return the versions of what every app is served with."""
    return {name: version(name) for name in ("fastapi", "starlette", "pydantic", "uvicorn")}
