"""What the agent knows of a child's end before it comes: its own reason, or the child's word."""

from __future__ import annotations

from typing import NamedTuple

from fapi_runner.report import FailureClass


class Cause(NamedTuple):
    """A sentence that goes on after `The process ended while ...:`, and what kind of failure that is."""

    kind: FailureClass
    message: str
    hint: str = ""


FLOOD = Cause("killed", "it was ended because it wrote into a socket of the runner.")
BREAKDOWN = Cause(
    "crashed",
    "the runner's own part of it could not go on.",
    "It is no fault of the app, unless that changes modules of Python or of the runner. Deploy it again; "
    "whoever runs the portal should know when that does not help.",
)


def make_overflow(held: str) -> Cause:
    """Return the cause for an app that went on filling its folder; `held` is a sentence on how full that was."""
    hint = "Delete what is not needed, and keep what grows without end, such as uploads, somewhere else."
    return Cause("exhausted", f"it went on filling its folder beyond its limit. {held}", hint)
