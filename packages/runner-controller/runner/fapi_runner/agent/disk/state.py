"""What a new agent on the same folder must know, in state.json.

It holds the environments of running apps as they are, readable by nobody but the agent's user (mode 0600): a new agent
must start the apps without being told. To encrypt it under a key beside it would only look safer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from fapi_runner.agent.disk.folder import write_atomically

Wanted = Literal["idle", "running", "stopped"]


@dataclass(frozen=True)
class Release:
    """One revision with one environment, asked for by one generation."""

    generation: int
    digest: str
    env_version: int
    deadline_ms: float
    environment: dict[str, str] = field(repr=False)
    secrets: list[str] | None = None  # names; None: nobody said which ones are

    def is_same(self, generation: int, digest: str) -> bool:
        return self.generation == generation and self.digest == digest


@dataclass
class AppRecord:
    """One app as it is remembered."""

    app_id: str
    host: str
    generation: int = 0
    wanted: Wanted = "idle"
    active: Release | None = None


class State:
    """The records of all apps and the highest epoch seen."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.epoch = 0
        self.records: dict[str, AppRecord] = {}
        self.removed: dict[str, int] = {}
        if path.exists():
            kept = json.loads(path.read_text("utf-8"))
            self.epoch = kept["epoch"]
            self.removed = kept["removed"]
            for fields in kept["apps"]:
                active = fields.pop("active")
                record = AppRecord(**fields, active=Release(**active) if active else None)
                self.records[record.app_id] = record

    def save(self) -> None:
        """Write everything down."""
        apps = [_describe(record) for record in self.records.values()]
        write_atomically(self._path, {"epoch": self.epoch, "removed": self.removed, "apps": apps})


def _describe(record: AppRecord) -> dict[str, object]:
    # An environment is kept no longer than somebody may have to start the app with it.
    if record.active is not None and record.wanted in ("idle", "stopped"):
        record = replace(record, active=replace(record.active, environment={}))
    return asdict(record)
