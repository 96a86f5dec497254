"""Tells the world of one app: its state to watchers, its row to gateways, a sentence to its log."""

from __future__ import annotations

from collections.abc import Callable

from fapi_runner.agent.disk.state import AppRecord
from fapi_runner.agent.grounds import Grounds
from fapi_runner.protocol import Json


class Notices:
    """How the rooms of one app speak."""

    def __init__(self, record: AppRecord, grounds: Grounds, describe: Callable[[], Json]) -> None:
        self._record = record
        self._grounds = grounds
        self._describe = describe

    def say(self, text: str, generation: int | None = None) -> None:
        """Write a line of ours into the app's log."""
        self._grounds.logs.write(self._record.app_id, generation or self._record.generation, "system", [text])

    def changed(self) -> None:
        """Tell everybody how the app is now."""
        self._grounds.announce(self._describe())
        self._grounds.routes.publish()
