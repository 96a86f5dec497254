"""One request of a peer, with all that answering it may need."""

from __future__ import annotations

import time
from typing import NamedTuple, Protocol

from fapi_runner.agent.connection import Connection
from fapi_runner.agent.disk.collector import Collector
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.params import Params
from fapi_runner.agent.scales import Scales
from fapi_runner.agent.serving.apps import Apps
from fapi_runner.protocol import Json


class Agent(Protocol):
    """What a request may need of the agent that it came to."""

    agent_id: str
    apps: Apps
    grounds: Grounds
    collector: Collector
    scales: Scales

    def admit(self, peer: Connection, epoch: int) -> None: ...
    def introduce(self) -> Json: ...
    def end(self) -> None: ...


class Call(NamedTuple):
    """What was asked, by whom, of whom."""

    agent: Agent
    peer: Connection
    params: Params
    body: bytes


def measure_ms(started: float) -> float:
    """Return the milliseconds since a reading of `time.perf_counter`, to the microsecond."""
    return round((time.perf_counter() - started) * 1000, 3)
