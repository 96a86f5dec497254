"""What the sessions of one agent share."""

from __future__ import annotations

from typing import NamedTuple

from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.disk.revisions import Revisions
from fapi_runner.protocol import Json


class LastEditor:
    """What the editor before could do: mostly the next one is of its kind."""

    capabilities: Json | None = None


class SessionContext(NamedTuple):
    """Where children come from, where code is, where folders are made and watched."""

    nursery: Nursery
    revisions: Revisions
    folder: Folder
    tenants: set[Tenant]
    idle_s: float  # after so long without a word, an editor's session is over
    keeps_spare: bool  # whether servers wait for the next editor while somebody edits
    last_editor: LastEditor
