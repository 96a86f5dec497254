"""Reads the params of a request; a missing or mistyped field is named."""

from __future__ import annotations

import re

from fapi_runner.agent.failures import CommandError
from fapi_runner.child.isolation.limits import Limits
from fapi_runner.grants import Grant, find_address
from fapi_runner.protocol import Json

# One path segment that can never be a parent folder or hidden.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:.\-]{0,127}")
PATH = re.compile(r"(?!(?:[^:]*/)?\.\.(?:/|$|:))[A-Za-z0-9_][^\0]{0,999}\Z", re.DOTALL)
INTEGER_LIMIT = 2**53
PORT_LIMIT = 65535
GRANTS_LIMIT = 50
MEBIBYTES_LIMIT = 1 << 20
# A last part of digits would be read as an address by some and as a name by others.
HOST_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class Params:
    """The params of one request."""

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, dict):
            raise CommandError("bad_request", "params must be an object.")
        self._fields: Json = fields

    def text(self, name: str) -> str:
        """Return a non-empty string."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not value or "\0" in value:
            raise self._wrong(name, "a non-empty string")
        return value

    def name(self, name: str) -> str:
        """Return a string that is safe as a file name."""
        value = self.text(name)
        if not NAME.fullmatch(value):
            raise self._wrong(name, "1 to 128 letters, digits, '_', '-', '.' or ':', not starting with a dot")
        return value

    def find_name(self, name: str) -> str | None:
        """Return a name, or None when the field is absent."""
        return self.name(name) if self._fields.get(name) is not None else None

    def integer(self, name: str, least: int = 0) -> int:
        """Return an integer from `least` upwards."""
        value = self._fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= INTEGER_LIMIT:
            raise self._wrong(name, f"an integer from {least} upwards")
        return value

    def find_integer(self, name: str, least: int = 0) -> int | None:
        """Return an integer, or None when the field is absent."""
        return self.integer(name, least) if self._fields.get(name) is not None else None

    def number(self, name: str) -> float:
        """Return a positive number."""
        value = self._fields.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= INTEGER_LIMIT:
            raise self._wrong(name, "a positive number")
        return float(value)

    def find_seconds(self, name: str) -> float | None:
        """Return a duration from 0 upwards, or None when the field is absent."""
        return 0.0 if self._fields.get(name) == 0 else self._find_number(name)

    def flag(self, name: str) -> bool:
        """Return a boolean, False when the field is absent."""
        value = self._fields.get(name, False)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def texts(self, name: str) -> dict[str, str]:
        """Return an object of strings, fit to be environment variables."""
        value = self._fields.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object of strings")
        for key, text in value.items():
            if not key or "=" in key or "\0" in key:
                raise self._wrong(f"{name}.{key}", "named like an environment variable")
            if not isinstance(text, str) or "\0" in text:
                raise self._wrong(f"{name}.{key}", "a string")
        return dict(value)

    def find_texts(self, name: str) -> dict[str, str]:
        """Return an object of strings, empty when the field is absent."""
        return self.texts(name) if self._fields.get(name) is not None else {}

    def find_paths(self, name: str) -> list[str]:
        """Return a list of paths inside the project, empty when the field is absent."""
        value = self._fields.get(name)
        if value is None:
            return []
        # The first character also tells a path from an option.
        if not isinstance(value, list) or not all(isinstance(path, str) and PATH.match(path) for path in value):
            raise self._wrong(name, "a list of paths inside the project")
        return [str(path) for path in value]

    def find_list(self, name: str) -> list[str] | None:
        """Return a list of strings, or None when the field is absent."""
        value = self._fields.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise self._wrong(name, "a list of strings")
        return value

    def _find_number(self, name: str) -> float | None:
        return self.number(name) if self._fields.get(name) is not None else None

    def grants(self, name: str) -> tuple[Grant, ...]:
        """Return what an app may connect to, each once and in order; nothing when the field is absent."""
        value = self._fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self._wrong(name, "a list of {host, port}")
        if len(value) > GRANTS_LIMIT:
            raise self._wrong(name, f"a list of at most {GRANTS_LIMIT}")
        return tuple(sorted({self._read_grant(name, Params(entry)) for entry in value}))

    def limits(self, name: str) -> Limits:
        """Return what an app may have of its own, everybody's limits when the field is absent."""
        value = Params(self._fields.get(name, {}))
        memory, folder = value.find_integer("memoryMiB", 1), value.find_integer("folderMiB", 1)
        if max(memory or 0, folder or 0) > MEBIBYTES_LIMIT:
            raise self._wrong(name, f"an object of mebibytes up to {MEBIBYTES_LIMIT}")
        return Limits(memory, folder)

    def _read_grant(self, name: str, entry: Params) -> Grant:
        host, port = entry.text("host").lower(), entry.integer("port", 1)
        if port > PORT_LIMIT:
            raise self._wrong(name, f"a list of ports up to {PORT_LIMIT}")
        address = find_address(host)
        if address is None and not HOST_NAME.fullmatch(host):
            raise self._wrong(name, f"a list of host names and IP addresses, and {host[:100]!r} is neither")
        return Grant(str(address or host), port)

    def _wrong(self, name: str, expected: str) -> CommandError:
        return CommandError("bad_request", f"{name} must be {expected}.")
