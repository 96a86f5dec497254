"""Folders that user code has filled are deleted, however deep they are and whatever is in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from depths import LEVELS, dig, few_descriptors

from fapi_runner.agent.disk.descent import HELD_LEVELS, MovedError, descend, enter_gently
from fapi_runner.agent.disk.trees import copy_tree, delete_tree


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


def test_a_copy_of_more_than_a_path_can_say_is_too_much(tmp_path: Path) -> None:
    here = tmp_path / "source"
    for _ in range(10):
        here.mkdir()
        here /= "d" * 250
    (tmp_path / "target").mkdir()
    assert copy_tree(tmp_path / "source", tmp_path / "target", 1000, 1000)
    other = tmp_path / ("t" * 250)
    for _ in range(10):
        other.mkdir()
        other /= "t" * 250
    assert not copy_tree(tmp_path / "source", other.parent, 1000, 1000)


def move_inner(top: Path, depth: int) -> list[int]:
    """Return which folders are come to while one of them, at this depth, is moved to the top with us in it."""
    seen: list[int] = []
    for here, inner in descend(top, enter_gently):
        seen.append(os.fstat(here).st_ino)
        inner += sorted(entry.name for entry in os.scandir(here))
        if len(seen) == depth + 2:
            (top / Path(*["d"] * (depth + 1))).rename(top / "moved")
    return seen


def make_levels(top: Path, depth: int) -> set[int]:
    here = top
    here.mkdir()
    for _ in range(depth):
        (here / "a").mkdir()
        here /= "d"
        here.mkdir()
    for name in ("b", "c", "d"):
        (here / name).mkdir()
    return {top.stat().st_ino, *(path.stat().st_ino for path in top.rglob("*"))}


def test_what_is_moved_while_it_is_gone_through_takes_nothing_out_of_sight(tmp_path: Path) -> None:
    folders = make_levels(tmp_path / "top", HELD_LEVELS - 1)
    assert set(move_inner(tmp_path / "top", HELD_LEVELS - 1)) == folders


def test_what_is_moved_deep_below_is_noticed(tmp_path: Path) -> None:
    make_levels(tmp_path / "top", HELD_LEVELS)
    with pytest.raises(MovedError):
        move_inner(tmp_path / "top", HELD_LEVELS)
