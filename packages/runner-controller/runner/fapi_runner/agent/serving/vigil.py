"""Watches who serves through its metrics page: whether its loop still turns, and for how long nobody has asked."""

from __future__ import annotations

import math
import time

from fapi_runner.agent.listening.listener import Listener, is_knocked_at
from fapi_runner.agent.serving.runner import Runner
from fapi_runner.metrics import HEARTBEAT, IN_FLIGHT, LAST_REQUEST

BLOCKED_AFTER_S = 1.0


class Vigil:
    """What was seen at the last `look`, all by our own clock."""

    def __init__(self, listener: Listener) -> None:
        self.idle_s = 0.0
        self.is_silent = False
        self.blocked_s = 0.0  # for how long it is silent while somebody waits for it
        self._runner: Runner | None = None
        self._beat = self._last_request = self.in_flight = 0
        self._beat_at = self._active_at = self._looked_at = time.monotonic()
        self._listener = listener

    def touch(self) -> None:
        """Take now for the last time that somebody asked."""
        self._active_at = time.monotonic()

    def look(self, runner: Runner) -> float:
        """Read the page of who serves; return in how many seconds its loop will have been silent for too long."""
        now = time.monotonic()
        page = runner.process.plumbing.page
        if page is None or runner.process.ended.done():
            return math.inf
        beat, last_request, in_flight = (page.slots[slot] for slot in (HEARTBEAT, LAST_REQUEST, IN_FLIGHT))
        if runner is not self._runner:
            self._runner = runner
            self._beat_at, self._active_at, self._looked_at = runner.started_at, now, runner.started_at
        if beat != self._beat:
            # Not before the last look, whatever the page says: user code may write there.
            told_at = now - (time.time() - beat / 1000)
            self._beat, self._beat_at = beat, min(max(told_at, self._looked_at), now)
        self._looked_at = now
        if last_request != self._last_request or in_flight:
            self._last_request, self._active_at = last_request, now
        self.in_flight = in_flight
        self.idle_s = now - self._active_at
        silent_s = now - max(self._beat_at, runner.thawed_at)
        is_waited_for = bool(in_flight) or is_knocked_at(self._listener)
        self.is_silent = silent_s >= BLOCKED_AFTER_S and not runner.is_frozen
        self.blocked_s = silent_s if self.is_silent and is_waited_for else 0.0
        return math.inf if self.is_silent or runner.is_frozen else BLOCKED_AFTER_S - silent_s
