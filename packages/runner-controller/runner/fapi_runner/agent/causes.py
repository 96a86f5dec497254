"""What the agent knows of a child's end before it comes: its own reason, or the child's word."""

from __future__ import annotations

import os
from typing import NamedTuple

from fapi_runner.report import FailureClass


class Cause(NamedTuple):
    """A sentence that goes on after `The process ended while ...:`, and what kind of failure that is."""

    kind: FailureClass
    message: str
    hint: str = ""
    exit_code: int | None = None  # of a child that ends itself for this; None for one that is killed

    def explains(self, status: int | None) -> bool:
        """Say whether a child with this wait status, None when nobody saw it, has ended for this cause."""
        if status is None or self.exit_code is None:
            return status is None or os.WIFSIGNALED(status)
        return os.WIFEXITED(status) and os.WEXITSTATUS(status) == self.exit_code


FOREIGN_HINT = "Leave alone the sockets that the app has not made itself."
FLOOD = Cause("killed", "it was ended because it wrote into a socket of the runner.", FOREIGN_HINT)
DEAF = Cause("killed", "it was ended because it did not hear any more what the runner said to it.", FOREIGN_HINT)
SHUT = Cause("killed", "the socket on which it is asked was shut down, by it or by a version before it.", FOREIGN_HINT)
BREAKDOWN = Cause(
    "crashed",
    "the runner's own part of it could not go on.",
    "This is no fault of the app, unless it changes modules of Python or of the runner. Deploy it again; "
    "whoever runs the portal should know when that does not help.",
    exit_code=os.EX_SOFTWARE,
)


def make_overflow(held: str) -> Cause:
    """Return the cause for an app that went on filling its folder; `held` is a sentence on how full that was."""
    hint = "Delete what is not needed, and keep what grows without end, such as uploads, somewhere else."
    return Cause("exhausted", f"it went on filling its folder beyond its limit. {held}", hint)
