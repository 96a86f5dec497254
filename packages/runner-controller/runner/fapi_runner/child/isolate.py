"""The layers between a guest and the machine, each tried and each reported honestly."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Callable
from typing import NotRequired, TypedDict

DATA_LIMIT_BYTES = 1 << 30
OPEN_FILES_LIMIT = 4096
PR_SET_NO_NEW_PRIVS = 38
LEVEL = 0  # namespaces, landlock, seccomp and an own uid raise it; until then nothing here stops a hostile guest


class Layer(TypedDict):
    name: str
    active: bool
    reason: NotRequired[str]


def isolate() -> list[Layer]:
    """Apply every layer that this machine allows and say which ones hold."""
    layers = [_try("session", os.setsid), _try("rlimits", _limit_resources), _try("no-new-privs", _forbid_privileges)]
    missing = ("own-uid", "namespaces", "landlock", "seccomp")
    return layers + [Layer(name=name, active=False, reason="not built yet") for name in missing]


def _try(name: str, apply: Callable[[], object]) -> Layer:
    try:
        apply()
    except (OSError, ValueError) as error:
        return Layer(name=name, active=False, reason=str(error))
    return Layer(name=name, active=True)


def _limit_resources() -> None:
    # DATA, not AS: thread arenas reserve gigabytes of address space that they never touch.
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES_LIMIT),
        (resource.RLIMIT_DATA, DATA_LIMIT_BYTES),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _forbid_privileges() -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
