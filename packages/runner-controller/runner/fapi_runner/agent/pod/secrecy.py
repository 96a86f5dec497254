"""Says honestly whether user code could open the agent's key: where it could, the layers below say why."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from fapi_runner.agent.pod.settings import SettingError
from fapi_runner.child.isolation.root import list_readable
from fapi_runner.protocol import Json

HIDING = ("read-only-root", "landlock")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def refuse_open_place(variable: str, place: Path, state: Path) -> None:
    """Raise SettingError for a folder of which every child may read all there is."""
    shown = next(
        (folder for folder in [*list_readable(), state] if place.resolve().is_relative_to(folder.resolve())), None
    )
    if shown is not None:
        message = f"{variable} ({place}) must not be below {shown}, where apps may read"
        raise SettingError(f"{message}: give it a mount of its own, such as /var/run/fapi/{place.name}.")


def describe_secrecy(tls: Path, layers: Iterable[Json]) -> Json:
    """Return the layer `agent-key` for a plan with these layers."""
    active = {layer["name"] for layer in layers if layer["active"]}
    if active.intersection(HIDING):
        return {"name": "agent-key", "active": True}
    key = (tls / "tls.key").stat()
    if "own-uid" in active and key.st_uid == os.getuid() and not key.st_mode & OTHERS:
        return {"name": "agent-key", "active": True}
    reason = (
        "no layer hides files from user code, which can open the agent's key: it can pose as an agent, not command one"
    )
    return {"name": "agent-key", "active": False, "reason": reason}
