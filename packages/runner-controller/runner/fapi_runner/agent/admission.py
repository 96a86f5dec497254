"""Which commands an agent takes at all, and for which apps."""

from __future__ import annotations

from typing import Protocol


class Admission(Protocol):
    """Says no to what this agent is not there for."""

    def check(self, method: str, app_id: str | None) -> None:
        """Refuse a command, or the app that it names, by a CommandError."""
        ...

    def take(self, app_id: str) -> None:
        """This app is about to be prepared here."""
        ...


class EverythingAdmitted:
    """An agent of a machine does all there is, for any number of apps."""

    def check(self, method: str, app_id: str | None) -> None:
        """Refuse nothing."""

    def take(self, app_id: str) -> None:
        """Note nothing."""
