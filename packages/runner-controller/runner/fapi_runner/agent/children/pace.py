"""How much of what one child writes the agent reads, for user code can write into every pipe and socket of its own."""

from __future__ import annotations

EACH_BYTES = 512  # what a read costs, and a message, beside its bytes


class Pace:
    """So much at once, and so much a second from then on."""

    def __init__(self, at_once_bytes: int, a_second_bytes: int) -> None:
        self._at_once = at_once_bytes
        self._a_second = a_second_bytes
        self._left = float(at_once_bytes)
        self._at = 0.0

    def spend(self, size: int, count: int, now_s: float) -> float:
        """Note what was read, in how many pieces; return for how many seconds nothing more should be."""
        grown = self._left + (now_s - self._at) * self._a_second
        self._left = min(grown, self._at_once) - size - count * EACH_BYTES
        self._at = now_s
        return max(-self._left / self._a_second, 0.0)
