"""What was found lately, so that nobody has to find it again."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The values that were asked for or kept last, so many and no more."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[K, V] = {}

    def find(self, key: K) -> V | None:
        """Return what is kept under this key, which counts as asked for now."""
        value = self._values.pop(key, None)
        if value is not None:
            self._values[key] = value
        return value

    def keep(self, key: K, value: V) -> None:
        """Keep a value in the place of the one that nobody has asked for longest."""
        self._values.pop(key, None)
        while len(self._values) >= self._limit:
            del self._values[next(iter(self._values))]
        self._values[key] = value
