"""Folders that user code has filled are deleted, however deep they are and whatever is in them."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fapi_runner.agent.disk.trees import delete_tree

LEVELS = 15_000


def dig(top: Path, levels: int) -> None:
    """Make folders inside of each other, deeper than any path could say."""
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for number in range(levels):
        for name in ("d", "file"):
            if name == "d":
                os.mkdir(name, dir_fd=here)
            elif number % 100 == 0:
                os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=here))
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


@contextmanager
def few_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 16, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_folder_of_thousands_of_levels_is_deleted_with_few_descriptors(tmp_path: Path) -> None:
    top = tmp_path / "top"
    dig(top, LEVELS)
    with few_descriptors():
        delete_tree(top)
    assert list(tmp_path.iterdir()) == []


def test_what_links_lead_to_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (outside / "inner" / "file").write_text("kept")
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    for place in (top, top / "a", top / "a" / "b"):
        (place / "absolute").symlink_to(outside)
        (place / "nowhere").symlink_to("nothing")
        (place / "up").symlink_to("..")
    os.link(outside / "inner" / "file", top / "a" / "same")
    os.mkfifo(top / "a" / "fifo")
    delete_tree(top)
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "inner" / "file").read_text() == "kept"


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (tmp_path / "top").symlink_to(outside)
    delete_tree(tmp_path / "top")
    assert (outside / "inner").is_dir()


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o100, 0o500])
def test_folders_that_let_nobody_in_are_deleted(tmp_path: Path, mode: int) -> None:
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    (top / "a" / "b" / "file").write_text("")
    for place in (top / "a" / "b", top / "a", top):
        place.chmod(mode)
    delete_tree(top)
    assert not top.exists()


def test_what_is_not_there_is_deleted_already(tmp_path: Path) -> None:
    delete_tree(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []
