"""How long an app that crashes waits for its next start."""

from __future__ import annotations

import asyncio

import pytest

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.serving.revival import Revival

pytestmark = pytest.mark.anyio
RELEASE = Release(generation=1, digest="d", env_version=1, deadline_ms=1000, environment={})


class Crashes:
    """An app that crashes over and over, and a clock that only notes how long it was to wait."""

    def __init__(self, *failures: Exception) -> None:
        self.pauses: list[float] = []
        self.gave_up = 0
        self.failures = list(failures)
        self._started = asyncio.Event()
        self.revival = Revival(self._restart, self._give_up, self._sleep)

    async def crash(self, lived_s: float = 0.0) -> None:
        """Crash and wait until it is started again, or given up."""
        self._started.clear()
        self.revival.begin(RELEASE, lived_s)
        await self._started.wait()

    async def _sleep(self, pause: float) -> None:
        self.pauses.append(pause)

    async def _restart(self, release: Release) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self._started.set()

    def _give_up(self) -> None:
        self.gave_up += 1
        self._started.set()


async def test_each_crash_in_a_row_waits_longer_and_none_longer_than_8_seconds() -> None:
    app = Crashes()
    for _ in range(6):
        await app.crash()
    assert app.pauses == [0, 0.5, 2, 8, 8, 8]
    assert app.revival.restarts == 6


async def test_a_start_that_fails_waits_as_a_crash_does() -> None:
    app = Crashes(*(OSError("the disk is full") for _ in range(4)))
    await app.crash()
    assert app.pauses == [0, 0.5, 2, 8, 8]


@pytest.mark.parametrize(("lived_s", "pause"), [(29.9, 8), (30, 0), (3600, 0)])
async def test_who_lived_for_30_seconds_starts_at_once(lived_s: float, pause: float) -> None:
    app = Crashes()
    for _ in range(3):
        await app.crash()
    assert app.revival.is_looping
    await app.crash(lived_s)
    assert app.pauses[-1] == pause
    assert app.revival.is_looping is (lived_s < 30)
    await app.crash()
    assert app.pauses[-1] == (8 if lived_s < 30 else 0.5)


async def test_what_has_proven_itself_has_no_crash_behind_it() -> None:
    app = Crashes()
    for _ in range(3):
        await app.crash()
    app.revival.reset()
    assert not app.revival.is_looping
    await app.crash()
    assert app.pauses == [0, 0.5, 2, 0]


async def test_without_its_code_it_is_not_tried_again() -> None:
    app = Crashes(CommandError("unknown_revision", "gone"))
    await app.crash()
    assert (app.pauses, app.gave_up) == ([0], 1)
