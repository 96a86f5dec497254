"""What a new agent on the same folder must know, in state.json.

It holds the environments of running apps as they are, readable by nobody but the agent's user (mode 0600): a new agent
must start the apps without being told. To encrypt it under a key beside it would only look safer.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from fapi_runner.agent.disk.keeping import KeptFile
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS, Limits
from fapi_runner.grants import Grant
from fapi_runner.protocol import Json
from fapi_runner.report import Report

Wanted = Literal["idle", "running", "stopped", "asleep"]
PARK_S = 60.0
SAVE_DELAY_S, SAVE_AGAIN_S = 0.05, 2.0


@dataclass(frozen=True)
class Release:
    """One revision with one environment, asked for by one generation."""

    generation: int
    digest: str
    env_version: int
    deadline_ms: float
    environment: dict[str, str] = field(repr=False)
    secrets: list[str] | None = None  # names; None: nobody said which ones are
    # Its app owns something that two cannot own at once: the former child ends before this one starts.
    exclusive: bool = False
    egress: tuple[Grant, ...] = ()
    limits: Limits = DEFAULT_LIMITS

    def is_same(self, generation: int, digest: str) -> bool:
        """Say whether it is this revision in this generation."""
        return self.generation == generation and self.digest == digest


@dataclass(frozen=True)
class Policy:
    """How long an app may do nothing before it is frozen or ended, and how long a former child is kept."""

    idle_freeze_s: float | None = None
    idle_stop_s: float | None = None
    park_s: float = PARK_S


@dataclass(frozen=True)
class RolledBack:
    """A release that failed soon after it went live, and the one that came back for it."""

    from_generation: int
    to_generation: int
    report: Report


@dataclass
class AppRecord:
    """One app as it is remembered."""

    app_id: str
    host: str
    generation: int = 0
    wanted: Wanted = "idle"
    active: Release | None = None
    former: Release | None = None
    rolled_back: RolledBack | None = None
    policy: Policy = Policy()
    is_hidden: bool = False  # stopped, and not to be found by visitors
    granted: tuple[Grant, ...] | None = None  # by the newest wish; None: what each release was made with


class State:
    """The records of all apps and the highest epoch seen."""

    def __init__(self, path: Path) -> None:
        self._file = KeptFile(path)
        self._saving: asyncio.TimerHandle | None = None
        self.epoch = 0
        self.occupant: str | None = None  # of a pod: its one app for ever, also once that is removed
        self.records: dict[str, AppRecord] = {}
        self.removed: dict[str, int] = {}
        kept = self._file.read()
        if kept is not None:
            self.epoch = kept["epoch"]
            self.removed = kept["removed"]
            self.occupant = kept.get("occupant")
            for fields in kept["apps"]:
                record = _parse_record(fields)
                self.records[record.app_id] = record

    def save_soon(self) -> None:
        """Write everything down in a moment, together with what else may change until then."""
        if self._saving is None:
            self._saving = asyncio.get_running_loop().call_later(SAVE_DELAY_S, self.save_now_or_later)

    def save_now_or_later(self) -> None:
        """Write everything down, as soon as the disk has room: for what is done and cannot be refused any more."""
        try:
            self.save()
        except OSError as error:
            print(f"What the next agent must know cannot be written down yet: {error}", file=sys.stderr)  # noqa: T201 - the agent's log

    def save(self) -> None:
        """Write everything down; where that cannot be, raise OSError and try again: what is known here holds."""
        if self._saving is not None:
            self._saving.cancel()
            self._saving = None
        apps = [_describe(record) for record in self.records.values()]
        whole = {"epoch": self.epoch, "occupant": self.occupant, "removed": self.removed}
        try:
            self._file.write({**whole, "apps": apps})
        except OSError:
            self._saving = asyncio.get_running_loop().call_later(SAVE_AGAIN_S, self.save_now_or_later)
            raise


def _describe(record: AppRecord) -> Json:
    # An environment is kept no longer than somebody may have to start the app with it.
    if record.active is not None and record.wanted in ("idle", "stopped"):
        record = replace(record, active=replace(record.active, environment={}), former=None)
    return asdict(record)


def _parse_record(fields: Json) -> AppRecord:
    # What an older agent did not write has its default.
    for name, parse in (("active", _parse_release), ("former", _parse_release), ("rolled_back", _parse_rolled_back)):
        if fields.get(name) is not None:
            fields[name] = parse(fields[name])
    if (granted := fields.get("granted")) is not None:
        fields["granted"] = tuple(Grant(*grant) for grant in granted)
    return AppRecord(**fields | {"policy": Policy(**fields.get("policy", {}))})


def _parse_release(fields: Json) -> Release:
    egress = tuple(Grant(*grant) for grant in fields.get("egress", ()))
    return Release(**fields | {"egress": egress, "limits": Limits(*fields.get("limits", ()))})


def _parse_rolled_back(fields: Json) -> RolledBack:
    return RolledBack(**fields)
