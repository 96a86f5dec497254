"""Where files are, in the words of an editor and in those of a server: no path of this machine is for an editor."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fapi_runner.protocol import Json

APP = "file:///app/"
LIBRARY = "file:///library/"
TYPESHED = "typeshed"
# Where ty puts the stubs of the standard library that it was asked for, below its cache.
STUBS = Path("ty/vendored/typeshed")
DEPTH_LIMIT = 64
# The user's own text, as it was or as a tool formats it: nothing in it is taken for a path.
VERBATIM = ("newText", "insertText")
# Halves of surrogate pairs are in no name that a file can have.
FORBIDDEN = re.compile(r"[\0\\\ud800-\udfff]")
GENERAL = (Path("/"), Path("/usr"), Path("/usr/local"))


class PlaceError(Exception):
    """A URI that leads nowhere an editor may look."""


class _Unknown:
    """Stands for what leads to a place that an editor has no name for."""


UNKNOWN = _Unknown()


class Places:
    """The folders of one session, and what is beside them."""

    def __init__(self, app: Path, cache: Path, state: Path) -> None:
        self.app = app
        self._stubs = cache / STUBS
        self._library = _list_library()
        named = {app: "/app", **{path: f"/library/{name}" for name, path in self._library.items()}}
        hidden = [state, *(Path(prefix) for prefix in (sys.prefix, sys.base_prefix))]
        words = {str(path): "/library" for path in hidden if path not in GENERAL} | {
            str(path): name for path, name in named.items()
        }
        words |= {quote(path): name for path, name in words.items()}
        self._words = words
        # The longest first: most of these folders are inside of others.
        ordered = sorted(words, key=len, reverse=True)
        stubs = rf"{re.escape(str(self._stubs))}/[0-9a-f]+"
        pattern = "|".join([stubs, *map(re.escape, ordered)])
        self._pattern, self._bytes_pattern = re.compile(pattern), re.compile(pattern.encode())

    def to_client(self, value: Any) -> Any:
        """Return what a server said in the words of an editor, without what leads elsewhere."""
        told = self._translate(value, 0)
        return None if told is UNKNOWN else told

    def names_any(self, text: bytes) -> bool:
        """Say whether a message has a path of this machine anywhere: most have not."""
        return b"file:" in text or self._bytes_pattern.search(text) is not None

    def to_server(self, value: Any, key: str = "", depth: int = 0) -> Any:
        """Return what an editor said in the words of a server; raise PlaceError where it names another place."""
        if depth > DEPTH_LIMIT:
            raise PlaceError("it is too deep")
        if isinstance(value, dict):
            return {
                self.find_uri(name) if key == "changes" else name: self.to_server(each, name, depth + 1)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self.to_server(each, key, depth + 1) for each in value]
        is_uri = key.lower().endswith("uri") or (key == "data" and str(value).startswith("file:"))
        return self.find_uri(value) if is_uri and isinstance(value, str) else value

    def find_uri(self, uri: str) -> str:
        """Return the URI of the file that an editor means."""
        return "file://" + quote(str(self.find_path(uri)))

    def list_changes(self, changed: Iterable[tuple[str, int]]) -> list[Json]:
        """Return what became of files of the app in the words of a server."""
        return [{"uri": self.find_uri(APP + path), "type": kind} for path, kind in changed]

    def find_path(self, uri: str) -> Path:
        """Return the file that an editor means; it may be missing, or a link to anywhere."""
        root, parts = self.find_parts(uri)
        return root.joinpath(*parts)

    def find_parts(self, uri: str) -> tuple[Path, list[str]]:
        """Return a folder of ours and the names below it that an editor means."""
        if uri.rstrip("/") == APP.rstrip("/"):
            return self.app, []
        if uri.startswith(APP):
            return self.app, split_path(unquote(uri[len(APP) :]))
        if uri.startswith(LIBRARY):
            name, *parts = split_path(unquote(uri[len(LIBRARY) :]))
            if name == TYPESHED and parts:
                return self._stubs, [self._find_version(), *parts]
            if name in self._library and parts:
                return self._library[name], parts
        raise PlaceError("it is neither in the app nor in its libraries")

    def _translate(self, value: Any, depth: int) -> Any:
        if depth > DEPTH_LIMIT:
            return UNKNOWN
        if isinstance(value, str):
            if not value.startswith("file:"):
                return self._clean(value)
            return self._name(unquote(value.removeprefix("file://")))
        if isinstance(value, list):
            told = [self._translate(each, depth + 1) for each in value]
            return [each for each in told if each is not UNKNOWN]
        return self._translate_fields(value, depth) if isinstance(value, dict) else value

    def _translate_fields(self, value: Json, depth: int) -> Any:
        told = {}
        for name, each in value.items():
            if name in VERBATIM:
                told[name] = each
                continue
            key, field = self._translate(name, depth), self._translate(each, depth + 1)
            if key is not UNKNOWN and field is not UNKNOWN:
                told[key] = field
            elif key is not UNKNOWN:
                return UNKNOWN  # a place without its name says nothing
        return told

    def _name(self, path: str) -> str | _Unknown:
        found = self._pattern.match(path)
        if found is None or (rest := path[found.end() :])[:1] not in ("", "/"):
            return UNKNOWN
        name = self._find_word(found[0])
        return UNKNOWN if name == "/library" else f"file://{quote(name + rest)}"

    def _clean(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._find_word(found[0]), text) if "/" in text else text

    def _find_word(self, found: str) -> str:
        return self._words.get(found) or f"/library/{TYPESHED}"

    def _find_version(self) -> str:
        try:
            return next(iter(sorted(os.listdir(self._stubs))))
        except (OSError, StopIteration):
            raise PlaceError("nobody was led there") from None


def split_path(path: str) -> list[str]:
    """Return the names of a path inside of a folder; raise PlaceError where it might lead out of it."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or FORBIDDEN.search(part) or len(part) > 255 for part in parts):
        raise PlaceError("it is no path inside of a folder")
    return parts


def _list_library() -> dict[str, Path]:
    """Return the folders that apps import from, by the names that they have for an editor."""
    standard = Path(os.__file__).parent
    found = {standard.name: standard}
    for entry in sys.path:
        path = Path(entry)
        if path.name.endswith("-packages") and path.is_dir() and path not in found.values():
            name = path.name
            while name in found:
                name += "-"
            found[name] = path
    return found
