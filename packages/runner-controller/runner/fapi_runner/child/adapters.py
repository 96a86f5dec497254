"""Lets equal fields of an app share one TypeAdapter while it is imported.

FastAPI builds a validator for each parameter of each route, and all of them again for each `include_router`: half of a
larger app's import. Two fields share only when every attribute is the same object or the same plain value, so that
nothing is shared that could be told apart.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from fastapi._compat import v2
from pydantic import TypeAdapter

PLAIN = (int, float, str, bool, bytes, type(None))


@contextlib.contextmanager
def share_adapters() -> Iterator[None]:
    """Share within this block; a FastAPI that builds its fields otherwise goes its own way."""
    original: Callable[[Any], None] | None = getattr(v2.ModelField, "__post_init__", None)
    if original is None:
        yield
        return
    adapters: dict[Hashable, TypeAdapter[Any]] = {}
    kept: list[object] = []  # an id means something only while its object lives

    def build(field: v2.ModelField) -> None:
        described = v2.asdict(field.field_info)
        parts = [described["annotation"], *described["metadata"], field.config, *described["attributes"].values()]
        key = (len(described["metadata"]), *described["attributes"], *map(_identify, parts))
        adapter = adapters.get(key)
        if adapter is not None:
            field._type_adapter = adapter
            return
        original(field)
        # One that waits for a name that is still to be defined would wait for every later field too.
        if field._type_adapter.pydantic_complete:
            adapters[key] = field._type_adapter
            kept.append(parts)

    v2.ModelField.__post_init__ = build  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        v2.ModelField.__post_init__ = original  # type: ignore[method-assign, assignment]


def _identify(part: object) -> Hashable:
    return (type(part), part) if type(part) in PLAIN else id(part)
