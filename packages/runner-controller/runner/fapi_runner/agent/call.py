"""One request of a peer, with all that answering it may need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from fapi_runner.agent.connection import Connection
from fapi_runner.agent.params import Params

if TYPE_CHECKING:
    from fapi_runner.agent.main import Agent


class Call(NamedTuple):
    """What was asked, by whom, of whom."""

    agent: Agent
    peer: Connection
    params: Params
    body: bytes


def measure_ms(started: float) -> float:
    """Return the milliseconds since a reading of `time.perf_counter`, to the microsecond."""
    return round((time.perf_counter() - started) * 1000, 3)
