"""How long each step of a parting may take, so that all of it fits into the time that somebody else has set."""

from __future__ import annotations

from typing import NamedTuple

CLOSE_S = 2.0  # to end the children and the agent itself
LINGER_S, IDLE_S, LEAVE_S = 10.0, 5.0, 5.0  # at most


class Parting(NamedTuple):
    """Whoever asks while it lingers is answered and told to go elsewhere; then nobody is accepted and the rest drains.

    An idle connection is closed `idle_s` after that, one that is busy after `drain_s`. What the app's shutdown may take
    remains of `total_s`.
    """

    linger_s: float
    idle_s: float
    drain_s: float
    total_s: float


def plan_parting(grace_s: float) -> Parting:
    """Return the steps for a grace of so many seconds; each gets a share of a short one."""
    total_s = max(grace_s - CLOSE_S, grace_s / 2)
    linger_s = min(LINGER_S, total_s / 8)
    drain_s = total_s - linger_s - min(LEAVE_S, total_s / 4)
    return Parting(linger_s, min(IDLE_S, drain_s), drain_s, total_s)
