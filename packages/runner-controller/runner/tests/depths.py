"""Folders inside of each other, deeper than any path could say."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
