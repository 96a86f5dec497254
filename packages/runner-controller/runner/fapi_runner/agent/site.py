"""Where an agent stands. What differs between a machine and a pod is behind this, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from fapi_runner.agent.admission import Admission
from fapi_runner.agent.disk.state import State
from fapi_runner.agent.egress.boundary import Boundary
from fapi_runner.agent.egress.way import Way
from fapi_runner.agent.listening.listener import Listeners
from fapi_runner.protocol import Json

Meet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Resident(Protocol):
    """What a site may ask of the agent's apps."""

    def is_able(self) -> bool:
        """Say whether those children wait that should wait for their orders."""
        ...

    async def is_serving(self) -> bool:
        """Say whether there are apps and each would answer a guest: by who serves, or by who wakes for it."""
        ...

    async def drain(self, grace_s: float) -> None:
        """Send every guest away and end who serves, within this time."""
        ...


class Site(Protocol):
    """A place for an agent."""

    listeners: Listeners
    orphan_seconds: float | None  # how long it stays without a controller; None is for ever

    def make_admission(self, state: State) -> Admission:
        """Return what the agent is there for."""
        ...

    def make_way(self, app_id: str, boundary: Boundary) -> Way:
        """Return how connections of this app get out of here; places beyond the boundary it never leads to."""
        ...

    def identify(self, app_id: str, cert: str, key: str, lasts_s: float) -> None:
        """Be known by this certificate where connections of this app get out, for so long; raise CommandError."""
        ...

    async def open(self, resident: Resident) -> None:
        """Begin, before there are children."""
        ...

    async def listen(self, meet: Meet) -> None:
        """Let peers in, each only once it is known to be one."""
        ...

    def describe_layers(self, layers: Iterable[Json]) -> list[Json]:
        """Return the isolation's layers with those that the site adds; what it has no use for is not active."""
        ...

    def describe(self) -> Json:
        """Return what whoever started the agent has to know to reach it."""
        ...

    async def part(self, resident: Resident) -> None:
        """Do what is due between the order to end and the end."""
        ...

    def close(self) -> None:
        """Let nobody in any more."""
        ...
