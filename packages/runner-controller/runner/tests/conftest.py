"""One real agent per test file, or per test that kills it."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import pytest
from agents import make_state
from pods import Pod
from rig import Rig, delete_state

AnyRig = TypeVar("AnyRig", bound=Rig)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("FAPI_SLOW") != "1":
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow: set FAPI_SLOW=1"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Share the files with others who run the same tests: whoever comes to one first has it, and all end together."""
    claims = os.environ.get("FAPI_TEST_CLAIMS")
    if claims is None or session.testsfailed or session.config.option.collectonly:
        return None
    for path, group in itertools.groupby(session.items, lambda item: item.path):
        try:
            (Path(claims) / path.name).touch(exist_ok=False)
        except FileExistsError:
            continue
        items = list(group)
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return True


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """Another one for each run, but the same for a second try of what failed; FAPI_SEED plays a run again."""
    told = os.environ.get("FAPI_SEED")
    kept = pytestconfig.cache.get("fapi/seed", None) if pytestconfig.option.lf else None
    seed = int(told or kept or random.randrange(1, 1_000_000))
    pytestconfig.cache.set("fapi/seed", seed)
    return seed


@contextlib.asynccontextmanager
async def _open(kind: type[AnyRig]) -> AsyncIterator[AnyRig]:
    state = make_state()
    rig = await kind.start(state)
    yield rig
    await rig.close()
    delete_state(state)


@pytest.fixture(scope="module")
async def rig(anyio_backend: str) -> AsyncIterator[Rig]:
    async with _open(Rig) as rig:
        yield rig


@pytest.fixture
async def own_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    async with _open(Rig) as rig:
        yield rig


@pytest.fixture
async def pod(anyio_backend: str) -> AsyncIterator[Pod]:
    async with _open(Pod) as pod:
        yield pod
