"""The agent of a machine: a folder, a unix socket for its peers, one for each app."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable

from fapi_runner.agent.admission import Admission, EverythingAdmitted
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.egress.boundary import Boundary
from fapi_runner.agent.egress.target import Dialer
from fapi_runner.agent.egress.way import Way
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.listening.listener import Listeners
from fapi_runner.agent.listening.unix import UnixListeners
from fapi_runner.agent.site import Meet, Resident
from fapi_runner.protocol import Json


class Machine:
    """Peers are who may open the socket: the folder is closed to other users."""

    def __init__(self, folder: Folder, orphan_seconds: float | None) -> None:
        self.listeners: Listeners = UnixListeners(folder)
        self.orphan_seconds = orphan_seconds
        self._folder = folder
        self._server: asyncio.Server | None = None

    def make_admission(self, state: State) -> Admission:
        return EverythingAdmitted()

    def make_way(self, app_id: str, boundary: Boundary) -> Way:
        return Dialer(boundary)

    def identify(self, app_id: str, cert: str, key: str, lasts_s: float) -> None:
        raise CommandError("bad_request", "This is no pod: its apps are connected by the agent itself.")

    async def open(self, resident: Resident) -> None:
        pass

    async def listen(self, meet: Meet) -> None:
        path = self._folder.agent_socket
        path.unlink(missing_ok=True)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(str(path))
        path.chmod(0o600)
        self._server = await asyncio.start_unix_server(meet, sock=sock)

    def describe_layers(self, layers: Iterable[Json]) -> list[Json]:
        return list(layers)

    def describe(self) -> Json:
        return {}

    async def part(self, resident: Resident) -> None:
        pass  # whoever ends it has moved the guests before

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
