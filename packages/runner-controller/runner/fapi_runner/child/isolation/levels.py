"""Which layers a child gets on this machine, and what level they make."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NotRequired, TypedDict

BASE = ("session", "rlimits", "no-new-privs")
# In the order in which they are tried.
LAYERS = (
    *("cgroup", "namespaces", "egress", "session", "rlimits", "no-new-privs", "read-only-root"),
    *("own-uid", "capabilities", "landlock", "seccomp"),
)
LEVELS: dict[int, set[str]] = {
    1: {*BASE, "own-uid", "capabilities", "seccomp"},
    2: {*BASE, "capabilities", "seccomp", "landlock"},
    3: {*BASE, "capabilities", "seccomp", "landlock", "namespaces", "read-only-root"},
}
# The lowest limit that still lets a layer be tried; what is not named is always tried.
NEEDS_LIMIT = {
    "namespaces": 3,
    "egress": 2,
    "read-only-root": 3,
    "landlock": 2,
    "seccomp": 1,
    "capabilities": 1,
    "own-uid": 1,
}


class Layer(TypedDict):
    """One means of isolation: whether it holds on this machine, and why not."""

    name: str
    active: bool
    reason: NotRequired[str]


class Isolation(TypedDict):
    """The level that all layers together come to, as the protocol says it."""

    level: int
    layers: list[Layer]


class LayerError(Exception):
    """A layer that does not hold here, and why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class Plan:
    """The layers that every child gets; whoever cannot have one of them must not live."""

    def __init__(self, state: Path, limit: int) -> None:
        self.state = state
        self.active = set(LAYERS)
        self.reasons: dict[str, str] = {}
        for name, needed in NEEDS_LIMIT.items():
            if limit < needed:
                self.give_up(name, f"the agent was started with --isolation-limit {limit}")
        if os.getuid() != 0:
            self.give_up("own-uid", "only an agent that runs as root can give a child another user")

    def has(self, name: str) -> bool:
        """Say whether children get this layer."""
        return name in self.active

    def give_up(self, name: str, reason: str) -> None:
        """Do without a layer, and without those that make no sense alone."""
        self.active.discard(name)
        self.reasons.setdefault(name, reason)
        if name == "namespaces" and self.has("read-only-root"):
            self.give_up("read-only-root", "it needs a mount namespace")
        if self.has("egress") and not self.has("namespaces"):
            # Without a network of its own an app connects by the agent's hand, and must not be able to pose as it.
            missing = [name for name in ("seccomp", "landlock") if not self.has(name)]
            if missing:
                self.give_up("egress", f"it needs a network namespace, or else {missing[0]}")
        if name == "read-only-root" and self.has("namespaces"):
            # They would leave the machine's files and sockets in sight, and say otherwise.
            self.give_up("namespaces", f"without a root of its own: {reason}")

    def describe(self) -> Isolation:
        """Return what `hello` tells of it."""
        reached = [level for level, needed in LEVELS.items() if needed <= self.active]
        return Isolation(level=max(reached, default=0), layers=[self._describe(name) for name in LAYERS])

    def _describe(self, name: str) -> Layer:
        layer = Layer(name=name, active=self.has(name))
        if name in self.reasons:
            layer["reason"] = self.reasons[name]
        return layer
