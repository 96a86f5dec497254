"""What every app of one agent shares."""

from __future__ import annotations

from collections.abc import Callable

from fapi_runner.agent.children.logs import LogBook, Stream
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.disk.revisions import Revisions
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.routes import Routes
from fapi_runner.protocol import Json


class Grounds:
    """The rooms of one agent, handed to its apps."""

    def __init__(
        self, folder: Folder, list_routes: Callable[[], list[Json]], isolation_limit: int, blanks: int
    ) -> None:
        self.folder = folder
        # Before the state, which holds the apps' secrets, is in this memory.
        self.nursery = Nursery(folder, isolation_limit, blanks)
        self.state = State(folder.state_file)
        self.revisions = Revisions(folder.revisions)
        self.logs = LogBook()
        self.routes = Routes(list_routes)
        self.app_watchers: set[Callable[[Json], None]] = set()

    def announce(self, app_state: Json) -> None:
        """Tell every watcher that an app changed."""
        for send in list(self.app_watchers):
            send(app_state)


class AppOutput:
    """Sends one child's lines to the log book."""

    def __init__(self, logs: LogBook, app_id: str, generation: int) -> None:
        self._logs = logs
        self._app_id = app_id
        self._generation = generation

    def write(self, stream: Stream, lines: list[str]) -> None:
        self._logs.write(self._app_id, self._generation, stream, lines)

    def drop(self, count: int) -> None:
        self._logs.drop(self._app_id, count)

    def is_flooded(self) -> bool:
        return self._logs.is_flooded(self._app_id)
