"""What a pod is there for: a runner serves one app for ever, a workbench serves none."""

from __future__ import annotations

from fapi_runner.agent.disk.state import State
from fapi_runner.agent.failures import CommandError

# These run what a user wrote before anybody has decided to deploy it, of any app.
TRIALS = ("draft", "test", "convert", "language")
SERVING = ("identify", "prepare", "activate", "rollback")


class OneApp:
    """A runner: what the first app has left in here, in memory or in a file, no other one shall ever meet."""

    def __init__(self, state: State) -> None:
        self._state = state

    def check(self, method: str, app_id: str | None) -> None:
        """Refuse a second app, and what belongs to a workbench."""
        occupant = self._state.occupant
        if app_id is not None and occupant not in (None, app_id):
            raise CommandError("pod_taken", f"This pod is the one of app {occupant} for ever; {app_id} needs another.")
        if method in TRIALS:
            raise CommandError("bad_request", f"This pod is a runner: {method!r} is for a workbench.")

    def take(self, app_id: str) -> None:
        """Be this app's from now on, whatever becomes of it."""
        if self._state.occupant is None:
            self._state.occupant = app_id
            self._state.save()


class NoApp:
    """A workbench: it checks, drafts, tests and converts, and nothing that it runs is ever served."""

    def check(self, method: str, app_id: str | None) -> None:
        """Refuse what would make it serve."""
        if method in SERVING:
            raise CommandError("bad_request", f"This pod is a workbench: {method!r} is for a runner.")

    def take(self, app_id: str) -> None:
        """Never asked: nothing is prepared here."""
