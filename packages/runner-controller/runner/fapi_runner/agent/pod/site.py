"""A pod as a place for an agent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable

from fapi_runner.agent.admission import Admission
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.listening.listener import Listeners
from fapi_runner.agent.listening.nowhere import NoListeners
from fapi_runner.agent.listening.tcp import TcpListeners, bind
from fapi_runner.agent.pod.admission import NoApp, OneApp
from fapi_runner.agent.pod.door import Door
from fapi_runner.agent.pod.health import Health
from fapi_runner.agent.pod.secrecy import describe_secrecy
from fapi_runner.agent.pod.settings import Settings
from fapi_runner.agent.site import Meet, Resident
from fapi_runner.protocol import Json


class Pod:
    """Its sockets are bound when it is made; who makes it has read the key already."""

    # The cluster ends pods, and an app goes on serving without its controller.
    orphan_seconds: float | None = None

    def __init__(self, settings: Settings, context: ssl.SSLContext) -> None:
        self._settings = settings
        self._tcp = TcpListeners(settings.host, settings.app_port)
        self.listeners: Listeners = self._tcp if settings.role == "runner" else NoListeners()
        self._door = Door(bind(settings.host, settings.agent_port), context)
        checks = {"/livez": self._is_live, "/readyz": self._is_ready}
        self._health = Health(bind(settings.host, settings.health_port), checks)
        self._resident: Resident | None = None
        self._is_taken: Callable[[], bool] = lambda: False
        self._is_up = self._is_parting = False

    def make_admission(self, state: State) -> Admission:
        self._is_taken = lambda: state.occupant is not None
        return OneApp(state) if self._settings.role == "runner" else NoApp()

    async def open(self, resident: Resident) -> None:
        self._resident = resident
        self._health.open()

    async def listen(self, meet: Meet) -> None:
        self._is_up = True
        self._door.open(meet)

    def describe_layers(self, layers: Iterable[Json]) -> list[Json]:
        layers = list(layers)
        return [*layers, describe_secrecy(self._settings.tls, layers)]

    def describe(self) -> Json:
        return {"ports": {"agent": self._door.port, "app": self._tcp.port, "health": self._health.port}}

    async def part(self, resident: Resident) -> None:
        self._is_parting = True
        await resident.drain(self._settings.grace_s)

    def close(self) -> None:
        self._door.close()
        self._health.close()

    async def _is_live(self) -> bool:
        # For good: a zygote that ends is followed by another one, and who serves lives on meanwhile.
        return self._is_up

    async def _is_ready(self) -> bool:
        resident = self._resident
        if resident is None or not self._is_up or self._is_parting:
            return False
        # A workbench is nobody's as well: it is ready when it can begin at once.
        return await resident.is_serving() if self._is_taken() else resident.is_able()
