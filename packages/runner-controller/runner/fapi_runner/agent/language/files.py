"""A session's folder: the draft as it was saved, and what became of its files since."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from fapi_runner.agent.disk.trees import delete_tree
from fapi_runner.agent.language.places import PlaceError, split_path
from fapi_runner.protocol import Json

ENTRIES_LIMIT = 5000  # files, and the folders that they are in
BYTES_LIMIT = 32 << 20
FILE_LIMIT_BYTES = 1 << 20  # what is larger is no text that anybody edits
DEPTH_LIMIT = 16
READ_LIMIT_BYTES = 768 << 10
CREATED, CHANGED, DELETED = 1, 2, 3


class FilesError(Exception):
    """Files that cannot be there, in one sentence."""


class Files:
    """The files of an app as the servers see them; nobody but us writes here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes: dict[str, int] = {}

    def lay(self, code: Path) -> list[tuple[str, int]]:
        """Copy a revision into a folder that has no files; returns what is in it now."""
        laid = []
        for place, folders, names in os.walk(code):
            copy = self.folder / Path(place).relative_to(code)
            for name in folders:
                (copy / name).mkdir(mode=0o755)
                laid.append(((copy / name).relative_to(self.folder).as_posix(), CREATED))
            for name in names:
                source = Path(place, name)
                size = source.stat().st_size
                is_room = len(self._sizes) < ENTRIES_LIMIT and sum(self._sizes.values()) + size <= BYTES_LIMIT
                if size <= FILE_LIMIT_BYTES and is_room:
                    shutil.copyfile(source, copy / name)
                    (copy / name).chmod(0o644)
                    path = (copy / name).relative_to(self.folder).as_posix()
                    self._sizes[path] = size
                    laid.append((path, CREATED))
        return laid

    def change(self, put: dict[str, str], delete: list[str]) -> list[tuple[str, int]]:
        """Delete, then write files; returns each path, folders' too, with what became of it.

        Raise FilesError before anything is done. What is in the way of a file, a folder for example, gives way: the
        draft is right.
        """
        if len(put) + len(delete) > 2 * ENTRIES_LIMIT:
            raise FilesError(f"at most {2 * ENTRIES_LIMIT} files are changed at once")
        paths = {path: self._check(path) for path in (*delete, *put)}
        data = {path: text.encode("utf-8", "replace") for path, text in put.items()}
        sizes = self._sizes | {path: len(each) for path, each in data.items()}
        if count_entries(sizes) > ENTRIES_LIMIT or sum(sizes.values()) > BYTES_LIMIT:
            raise FilesError(f"an app may have {ENTRIES_LIMIT} files and folders and {BYTES_LIMIT >> 20} MiB here")
        done: list[tuple[str, int]] = []
        for path in delete:
            self._remove(path, done)
            self._leave_no_shell(paths[path].parent, done)
        for path, content in data.items():
            self._make_way(path, paths[path], done)
            was_there = paths[path].exists()
            paths[path].write_bytes(content)
            self._sizes[path] = len(content)
            done.append((path, CHANGED if was_there else CREATED))
        return done

    def _make_way(self, path: str, target: Path, done: list[tuple[str, int]]) -> None:
        """Have the folders of a file, and nothing in its own place but a file.

        Folders are told of too: a server that has once seen that there is none looks into it when it hears of one.
        """
        for above in reversed(PurePosixPath(path).parents[:-1]):
            folder = self.folder / above
            if not folder.is_dir():
                self._remove(above.as_posix(), done)
                folder.mkdir(mode=0o755)
                done.append((above.as_posix(), CREATED))
        if target.is_dir():
            self._remove(path, done)

    def _check(self, path: str) -> Path:
        try:
            parts = split_path(path)
        except PlaceError as error:
            raise FilesError(f"{path[:200]!r} is no file of the app: {error}") from error
        if len(parts) > DEPTH_LIMIT or len(path) > 1000:
            raise FilesError(f"{path[:200]!r} is too long a path")
        return self.folder.joinpath(*parts)

    def _remove(self, path: str, done: list[tuple[str, int]]) -> None:
        target = self.folder / path
        try:
            if target.is_dir():
                delete_tree(target)
            else:
                target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        self._forget(path)
        done.append((path, DELETED))

    def _leave_no_shell(self, folder: Path, done: list[tuple[str, int]]) -> None:
        """Delete folders that have become empty: a draft has none, and nobody would count them."""
        with contextlib.suppress(OSError):
            while folder != self.folder:
                folder.rmdir()
                done.append((folder.relative_to(self.folder).as_posix(), DELETED))
                folder = folder.parent

    def _forget(self, path: str) -> None:
        if self._sizes.pop(path, None) is None:
            for known in [known for known in self._sizes if known.startswith(f"{path}/")]:
                del self._sizes[known]


def count_entries(paths: Iterable[str]) -> int:
    """Return how many files and folders these files are."""
    entries = set(paths)
    for path in list(entries):
        above = path.rpartition("/")[0]
        while above and above not in entries:
            entries.add(above)
            above = above.rpartition("/")[0]
    return len(entries)


def read_text(root: Path, parts: list[str]) -> str:
    """Return a text below a folder, through no link; raise FilesError.

    In one of these folders a server writes, which may be in the hands of what it has read.
    """
    try:
        opened = _open_plainly(root, parts)
    except (OSError, ValueError, IndexError) as error:
        raise FilesError("There is no such file.") from error
    with open(opened, "rb") as file:
        facts = os.fstat(opened)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > READ_LIMIT_BYTES:
            raise FilesError("It is too large, or no file.")
        try:
            return file.read(READ_LIMIT_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FilesError("It is no text.") from error


def _open_plainly(root: Path, parts: list[str]) -> int:
    fd = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in parts[:-1]:
            inner = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=fd)
            os.close(fd)
            fd = inner
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=fd)
    finally:
        os.close(fd)


def read_changes(params: Json) -> tuple[dict[str, str], list[str]]:
    """Return what a notification of changes says; raise FilesError."""
    put, delete = params.get("put", []), params.get("delete", [])
    try:
        texts = {entry["path"]: entry["text"] for entry in put}
    except (TypeError, KeyError) as error:
        raise FilesError("put must be a list of {path, text}") from error
    if not isinstance(delete, list) or not all(isinstance(each, str) for each in (*texts, *texts.values(), *delete)):
        raise FilesError("paths and texts must be strings")
    return texts, delete
