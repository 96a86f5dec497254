"""What every app of one agent shares."""

from __future__ import annotations

import os
from collections.abc import Callable

from fapi_runner.agent.checking.revision import Checks
from fapi_runner.agent.children.logs import LogBook
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.disk.bin import Bin
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.disk.revisions import Revisions
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.egress.boundary import Boundary
from fapi_runner.agent.egress.outlets import Capacity
from fapi_runner.agent.egress.way import Way
from fapi_runner.agent.language.context import LastEditor, SessionContext
from fapi_runner.agent.language.sessions import Sessions
from fapi_runner.agent.options import Options
from fapi_runner.agent.routes import Routes
from fapi_runner.agent.serving.cores import Cores
from fapi_runner.agent.serving.keys import KeyMaker
from fapi_runner.agent.site import Site
from fapi_runner.agent.turns import Turns
from fapi_runner.protocol import Json


class Grounds:
    """The rooms of one agent, handed to its apps."""

    def __init__(self, folder: Folder, list_routes: Callable[[], list[Json]], options: Options, site: Site) -> None:
        self.folder = folder
        # Before the state, which holds the apps' secrets, is in this memory.
        self.nursery = Nursery(folder, options.isolation_limit, options.blanks)
        self.state = State(folder.state_file)
        self.admission = site.make_admission(self.state)
        self.listeners = site.listeners
        self.revisions = Revisions(folder.revisions)
        self.boundary = Boundary(options.egress_never)
        self._site = site
        self.capacity = Capacity()
        self.logs = LogBook()
        self.routes = Routes(list_routes)
        # Tests may be long and heavy; one core stays for the apps where there is more than one.
        self.test_turns = Turns(max(1, len(os.sched_getaffinity(0)) - 1))
        self.bin = Bin()
        self.checks = Checks(self.nursery)
        self.keys = KeyMaker()
        self.cores = Cores()
        self.tenants: set[Tenant] = set()
        self.sessions = Sessions(
            SessionContext(
                nursery=self.nursery,
                revisions=self.revisions,
                folder=folder,
                tenants=self.tenants,
                idle_s=options.language_idle_s,
                keeps_spare=options.keeps_language_spare,
                last_editor=LastEditor(),
            )
        )
        self.app_watchers: set[Callable[[Json], None]] = set()

    def make_way(self, app_id: str) -> Way:
        """Return how connections of this app get out of here."""
        return self._site.make_way(app_id, self.boundary)

    def identify(self, app_id: str, cert: str, key: str, lasts_s: float) -> None:
        """Be known by this certificate where connections of this app get out, for so long; raise CommandError."""
        self._site.identify(app_id, cert, key, lasts_s)

    async def find_layers(self) -> list[Json]:
        """Return the isolation's layers with those that the site adds, or takes away."""
        return self._site.describe_layers((await self.nursery.find_isolation())["layers"])

    def announce(self, app_state: Json) -> None:
        """Tell every watcher that an app changed."""
        for send in list(self.app_watchers):
            send(app_state)
