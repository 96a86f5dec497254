"""A folder is summed up however it was filled, and whatever is done to it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from depths import LEVELS, dig, few_descriptors
from rig import delete_state

from fapi_runner.agent.disk.quota import ENTRIES_LIMIT, measure
from fapi_runner.agent.disk.trees import delete_tree

LIMIT, LARGE_LIMIT = 1 << 20, 512 << 20


def write(folder: int, name: str, size: int) -> None:
    fd = os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=folder)
    os.write(fd, bytes(size))
    os.close(fd)


@contextmanager
def deepest(top: Path) -> Iterator[int]:
    here = os.open(top, os.O_RDONLY)
    while "d" in os.listdir(here):
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    yield here
    os.close(here)


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    dig(tmp_path / "top", LEVELS)
    yield tmp_path / "top"
    delete_tree(tmp_path / "top")


def test_a_folder_of_thousands_of_levels_is_summed_up_with_few_descriptors(deep: Path) -> None:
    empty = measure(deep, LARGE_LIMIT)
    with deepest(deep) as here:
        write(here, "large", LIMIT)
    with few_descriptors():
        size, entries = measure(deep, LARGE_LIMIT)
    assert entries == LEVELS + LEVELS // 100 + 1
    assert size >= empty.size + LIMIT


def test_each_file_counts_once_and_what_links_lead_to_does_not(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "large").write_bytes(bytes(LIMIT))
    top = tmp_path / "top"
    for place in (top / "a" / "b", top / "c"):
        place.mkdir(parents=True)
        (place / "file").write_bytes(bytes(4096))
        (place / "link").symlink_to(outside)
        (place / "up").symlink_to("..")
    size, entries = measure(top, LIMIT)
    assert entries == 3 + 2 * 3
    assert size < LIMIT


def test_no_folder_is_an_empty_one(tmp_path: Path) -> None:
    assert measure(tmp_path / "nothing", LIMIT) == (0, 0)


@pytest.mark.parametrize("mode", [0o000, 0o300, 0o400, 0o600])
def test_what_is_in_a_folder_that_lets_nobody_look_counts(tmp_path: Path, mode: int) -> None:
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "large").write_bytes(bytes(LIMIT))
    for place in (top / "a" / "b", top / "a"):
        place.chmod(mode)
    try:
        assert measure(top, LIMIT).size >= LIMIT
    finally:
        delete_state(tmp_path)


def test_no_more_is_looked_at_than_it_takes_to_know(tmp_path: Path) -> None:
    for number in range(ENTRIES_LIMIT + 100):
        (tmp_path / str(number)).touch()
    assert measure(tmp_path, LIMIT).entries == ENTRIES_LIMIT + 1
