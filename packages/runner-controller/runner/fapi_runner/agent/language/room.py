"""What the sessions of one agent share."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.disk.revisions import Revisions


class Room(NamedTuple):
    """Where children come from, where code is, where folders are made and watched."""

    nursery: Nursery
    revisions: Revisions
    state: Path
    scratch: Path
    tenants: set[Tenant]
