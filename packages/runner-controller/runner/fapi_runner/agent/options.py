"""What the command line says of every agent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fapi_runner.agent.disk.collector import Allowance
from fapi_runner.agent.egress.boundary import Forbidden


class Options(NamedTuple):
    """The bounds of its children and of what it keeps for them."""

    isolation_limit: int = 3
    blanks: int = 3
    folder_mebibytes: int = 512
    folder_room_mebibytes: int | None = None  # no folder may hold more, whatever its app was given
    egress_never: Sequence[Forbidden] = ()
    revisions: Allowance = Allowance()
    language_idle_s: float = 600.0
    keeps_language_spare: bool = True
