"""What a new agent on the same folder must know, in state.json (mode 0600: it holds the apps' environments)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
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
        apps = [asdict(record) for record in self.records.values()]
        write_atomically(self._path, {"epoch": self.epoch, "removed": self.removed, "apps": apps})
