"""What a draft's child was made of: whatever of it changes, that child is not the right one any more."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.serving import keys
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS
from fapi_runner.grants import Grant

RELEASE = Release(generation=1, digest="d", env_version=1, deadline_ms=1000, environment={"NAME": "value"})
CHANGES: dict[str, dict[str, Any]] = {
    "the files": {"digest": "e"},
    "the version of the environment": {"env_version": 2},
    "a value": {"environment": {"NAME": "another"}},
    "a grant": {"egress": (Grant("db.example", 5432),)},
    "the limits": {"limits": DEFAULT_LIMITS._replace(memory_mebibytes=64)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_release_has_another_key(change: str) -> None:
    maker = keys.KeyMaker()
    assert maker.make(dataclasses.replace(RELEASE, **CHANGES[change])) != maker.make(RELEASE)


def test_what_a_child_is_not_made_of_is_not_in_its_key() -> None:
    maker = keys.KeyMaker()
    assert maker.make(dataclasses.replace(RELEASE, generation=2, deadline_ms=2000)) == maker.make(RELEASE)


def test_another_list_of_packages_is_another_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = keys.KeyMaker().make(RELEASE)
    assert keys.KeyMaker().make(RELEASE).lock == before.lock
    other = tmp_path / "requirements.txt"
    other.write_bytes(keys.LOCK.read_bytes() + b"one-more==1.0\n")
    monkeypatch.setattr(keys, "LOCK", other)
    assert keys.KeyMaker().make(RELEASE).lock != before.lock


def test_another_version_of_what_serves_apps_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys.KeyMaker().make(RELEASE)
    assert keys.KeyMaker().make(RELEASE).stack == before.stack
    monkeypatch.setattr("fapi_runner.stack.version", lambda name: "9.9.9")
    assert keys.KeyMaker().make(RELEASE).stack != before.stack
