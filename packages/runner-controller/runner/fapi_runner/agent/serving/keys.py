"""What must be the same for a child that was made ahead to be the right one."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import NamedTuple

from fapi_runner.agent.disk.state import Release
from fapi_runner.child.isolation.limits import Limits
from fapi_runner.grants import Grant
from fapi_runner.stack import LOCK, find_versions


class DraftKey(NamedTuple):
    """Compared, never shown: the environment's digest would let guesses at a secret be checked."""

    digest: str
    lock: str
    env_version: int
    stack: str
    environment: bytes
    # Its child is made for them: what it may ask the kernel for, and the names that it knows.
    egress: tuple[Grant, ...]
    limits: Limits


class KeyMaker:
    """Makes the keys of one agent; those of two agents can never be compared."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        self._stack = json.dumps(find_versions(), sort_keys=True)

    def make(self, release: Release) -> DraftKey:
        """Return the key of a release."""
        environment = json.dumps(release.environment, sort_keys=True).encode()
        digest = hmac.digest(self._secret, environment, "sha256")
        made_for = (release.egress, release.limits)
        return DraftKey(release.digest, self._lock, release.env_version, self._stack, digest, *made_for)
