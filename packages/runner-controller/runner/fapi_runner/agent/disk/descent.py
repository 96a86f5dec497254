"""Goes through folders that user code has made, however deep: each is found from the one above or below it.

A path of more than 4,096 bytes says nothing to the kernel, and whoever makes folders step by step has longer ones.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
HELD_LEVELS = 8  # more than most apps have

Enter = Callable[[str, int | None], int]


class MovedError(Exception):
    """The way up leads elsewhere than the way down came from: somebody moves folders about."""


@dataclass
class _Level:
    """A folder on the way down, and those in it that were not entered yet."""

    name: str
    inner: list[str] = field(default_factory=list)
    held: int | None = None
    identity: tuple[int, int] | None = None


def descend(
    top: Path, enter: Enter, leave: Callable[[str, int], object] = lambda name, above: None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the folder, open, and a list for the names of those in it that are to be entered next; then each of these.

    `enter` opens one by its name in the folder above it; one that cannot be opened is passed over, but for the first.
    `leave` is told when a folder and all below it are done. The first levels stay open, so that nothing is lost
    however somebody moves what is in them; below them MovedError is raised where that was done.
    """
    here = enter(os.fspath(top), None)
    way: list[_Level] = []
    level = _Level("")
    try:
        yield here, level.inner
        while level.inner or way:
            if level.inner:
                name = level.inner.pop()
                try:
                    inner = enter(name, here)
                except OSError:
                    continue  # gone meanwhile
                if len(way) < HELD_LEVELS:
                    level.held = here
                else:
                    level.identity = _identify(here)
                    os.close(here)
                here = inner
                way.append(level)
                level = _Level(name)
                yield here, level.inner
            else:
                done, level = level.name, way.pop()
                above = _climb(here, level.identity) if level.held is None else level.held
                os.close(here)
                here, level.held = above, None
                leave(done, here)
    finally:
        for folder in (here, *(each.held for each in way)):
            if folder is not None:
                os.close(folder)


def enter_by_force(name: str, above: int | None) -> int:
    """Open a folder, whatever whoever made it has forbidden its owner."""
    place = os.open(name, FOLDER | os.O_PATH, dir_fd=above)
    try:
        if os.fstat(place).st_mode & 0o700 != 0o700:
            os.chmod(f"/proc/self/fd/{place}", 0o700)
        return os.open(".", FOLDER, dir_fd=place)
    finally:
        os.close(place)


def enter_gently(name: str, above: int | None) -> int:
    """Open a folder as it is; one that is closed to its owner, who can fill it all the same, by force."""
    with contextlib.suppress(PermissionError):
        folder = os.open(name, FOLDER, dir_fd=above)
        # Without the right to search it its names can be read, and nothing be asked of them.
        if os.fstat(folder).st_mode & 0o500 == 0o500:
            return folder
        os.close(folder)
    return enter_by_force(name, above)


def _climb(here: int, identity: tuple[int, int] | None) -> int:
    try:
        above = os.open("..", FOLDER, dir_fd=here)
    except OSError as error:
        raise MovedError from error
    if _identify(above) != identity:
        os.close(above)
        raise MovedError
    return above


def _identify(folder: int) -> tuple[int, int]:
    facts = os.fstat(folder)
    return facts.st_dev, facts.st_ino
