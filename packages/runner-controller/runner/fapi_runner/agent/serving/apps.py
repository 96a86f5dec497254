"""All apps of one agent, and the generations of those that are gone."""

from __future__ import annotations

import asyncio
import sys
import traceback

from fapi_runner.agent.disk.state import AppRecord
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.serving.app import App
from fapi_runner.agent.serving.describe import describe_route
from fapi_runner.agent.serving.parting import Parting
from fapi_runner.protocol import Json

LOOK_S = 0.2


class Apps:
    """The apps by id."""

    def __init__(self) -> None:
        self._apps: dict[str, App] = {}
        self._grounds: Grounds | None = None

    def resume(self, grounds: Grounds) -> None:
        """Bring back the apps that the state folder remembers."""
        self._grounds = grounds
        for record in grounds.state.records.values():
            self._apps[record.app_id] = App(record, grounds)
        grounds.routes.publish()
        for app in self._apps.values():
            app.resume()

    def get(self, app_id: str) -> App:
        """Return an app or refuse."""
        if app_id not in self._apps:
            raise CommandError("unknown_app", f"This agent has no app {app_id}.")
        return self._apps[app_id]

    def choose(self, app_id: str | None) -> list[App]:
        """Return one app or all of them."""
        return list(self._apps.values()) if app_id is None else [self.get(app_id)]

    def open(self, app_id: str, host: str, generation: int) -> App:
        """Return an app, made on first sight."""
        grounds = self._get_grounds()
        if app_id not in self._apps:
            removed = grounds.state.removed.get(app_id, 0)
            if generation < removed:
                message = f"generation {generation} is older than {removed}, by which the app was removed."
                raise CommandError("stale_generation", message)
            record = grounds.state.records[app_id] = AppRecord(app_id, host, generation)
            self._apps[app_id] = App(record, grounds)
            grounds.state.save()
            grounds.routes.publish()
        return self._apps[app_id]

    async def remove(self, app_id: str, generation: int) -> None:
        """Remove an app; one that is not here is removed already."""
        grounds = self._get_grounds()
        app = self._apps.get(app_id)
        if app is not None:
            await app.remove(generation)
            self._apps.pop(app_id, None)
            grounds.state.records.pop(app_id, None)
        elif generation < grounds.state.removed.get(app_id, 0):
            raise CommandError("stale_generation", f"generation {generation} is older than the app's removal.")
        # Kept, so that an older prepare that comes late cannot bring the app back.
        grounds.state.removed[app_id] = generation
        grounds.state.save_now_or_later()
        grounds.routes.publish()

    async def is_serving(self) -> bool:
        """Say whether there is an app, and a guest of any would be answered now."""
        return bool(self._apps) and all([await app.is_serving() for app in self._apps.values()])

    async def drain(self, parting: Parting) -> None:
        """Send everybody away."""
        await asyncio.gather(*(app.drain(parting) for app in self._apps.values()))

    def list_routes(self) -> list[Json]:
        """Return the gateways' table."""
        return [describe_route(app) for app in self._apps.values() if not app.record.is_hidden]

    def list_digests(self) -> set[str]:
        """Return the revisions that some app may still need."""
        return {digest for app in self._apps.values() for digest in app.list_digests()}

    async def watch(self) -> None:
        """Look after every app, again and again: every LOOK_S, and just when a silent one is to be called blocked."""
        due_s = LOOK_S
        while True:
            await asyncio.sleep(due_s)
            due_s = LOOK_S
            for app in list(self._apps.values()):
                try:
                    due_s = min(due_s, app.look())
                except Exception as error:  # noqa: BLE001 - one app's trouble must not leave the others alone
                    traceback.print_exception(error, file=sys.stderr)

    def _get_grounds(self) -> Grounds:
        if self._grounds is None:
            raise RuntimeError("the apps were not resumed yet")
        return self._grounds
