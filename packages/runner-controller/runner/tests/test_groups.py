"""Folders of control groups: who makes one, and who removes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fapi_runner.child.isolation.cgroup import sweep_below
from fapi_runner.child.isolation.cpuset import list_cores, make_placed


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A group as version 1 has it, in files."""
    (tmp_path / "cpuset.mems").write_text("0\n")
    return tmp_path


def test_only_groups_of_zygotes_that_are_no_more_are_swept(tmp_path: Path) -> None:
    names = ["fapi-rest", f"fapi-{os.getpid()}-1", f"fapi-{1 << 30}-1", "other"]
    for name in names:
        (tmp_path / name).mkdir()
    sweep_below(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*names} - {f"fapi-{1 << 30}-1"}


def test_a_group_that_has_its_cores_in_the_hierarchy_of_its_share_is_one_folder(parent: Path) -> None:
    folder = parent / "fapi-1-1"
    folder.mkdir()
    assert make_placed(folder, [folder]) == []
    assert (folder / "cpuset.cpus").read_text() == list_cores()
    assert (folder / "cpuset.mems").read_text() == "0\n"


def test_a_group_that_somebody_else_has_made_is_left_alone(parent: Path) -> None:
    folder = parent / "fapi-1-1"
    folder.mkdir()
    assert make_placed(folder, []) == []
    assert list(folder.iterdir()) == []


def test_a_group_that_cannot_be_had_cores_for_is_none(tmp_path: Path) -> None:
    assert make_placed(tmp_path / "fapi-1-1", []) == []
    assert not (tmp_path / "fapi-1-1").exists()


def test_a_group_is_made_with_all_cores(parent: Path) -> None:
    folder = parent / "fapi-1-1"
    assert make_placed(folder, []) == [folder]
    assert (folder / "cpuset.cpus").read_text() == list_cores()
