"""Drafts are prepared one per core, over the whole agent: typing must not slow down who is being served."""

from __future__ import annotations

import os


class Cores:
    """Counts the drafts that are being prepared."""

    def __init__(self) -> None:
        self._free = len(os.sched_getaffinity(0))

    def take(self) -> bool:
        """Take a core; False when there is none, and nobody is queued."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Free the core that was taken."""
        self._free += 1
