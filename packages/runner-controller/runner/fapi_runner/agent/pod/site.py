"""A pod as a place for an agent."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable

from fapi_runner.agent.admission import Admission
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.egress.boundary import Boundary
from fapi_runner.agent.egress.tunnel import Gateway, Tunnels
from fapi_runner.agent.egress.way import Way
from fapi_runner.agent.listening.listener import Listeners
from fapi_runner.agent.listening.nowhere import NoListeners
from fapi_runner.agent.listening.tcp import TcpListeners, bind
from fapi_runner.agent.pod.admission import NoApp, OneApp
from fapi_runner.agent.pod.door import Door
from fapi_runner.agent.pod.health import Health
from fapi_runner.agent.pod.identity import Identity
from fapi_runner.agent.pod.secrecy import describe_secrecy
from fapi_runner.agent.pod.settings import Settings
from fapi_runner.agent.site import Meet, Resident
from fapi_runner.protocol import Json


class Pod:
    """Its sockets are bound when it is made; who makes it has read the key already."""

    # The cluster ends pods, and an app goes on serving without its controller.
    orphan_seconds: float | None = None

    def __init__(
        self, settings: Settings, context: ssl.SSLContext, identity: Identity, gateway: Gateway | None
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._gateway = gateway
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

    def make_way(self, app_id: str, boundary: Boundary) -> Way:
        if self._gateway is None:  # nothing is granted then: the layer says so
            raise RuntimeError("there is no way out of this pod")
        return Tunnels(self._gateway, app_id)

    def identify(self, app_id: str, cert: str, key: str, lasts_s: float) -> None:
        self._identity.take(app_id, cert, key, lasts_s)

    async def open(self, resident: Resident) -> None:
        self._resident = resident
        self._health.open()

    async def listen(self, meet: Meet) -> None:
        self._is_up = True
        self._door.open(meet)

    def describe_layers(self, layers: Iterable[Json]) -> list[Json]:
        layers = [self._describe_way(layer) for layer in layers]
        return [*layers, describe_secrecy(self._settings.tls, layers)]

    def _describe_way(self, layer: Json) -> Json:
        if layer["name"] != "egress" or not layer["active"] or self._gateway is not None:
            return layer
        return {**layer, "active": False, "reason": "FAPI_POD_EGRESS names no egress gateway, the one way out of a pod"}

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
