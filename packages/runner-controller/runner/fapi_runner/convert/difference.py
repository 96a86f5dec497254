"""Whether two apps show the same to the outside, and where they begin to differ."""

from __future__ import annotations

import json

from fapi_runner.protocol import Json
from fapi_runner.report import cut

VALUE_LIMIT = 100


def find_difference(before: object, after: object) -> str | None:
    """Return the place of the first difference of two JSON values and what stands there; the order of names counts."""
    if json.dumps(before) == json.dumps(after):
        return None
    pending: list[tuple[str, object, object]] = [("", before, after)]
    while pending:
        place, old, new = pending.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            if list(old) != list(new):
                return _compare_names(place, list(old), list(new))
            pending += [(f"{place}/{name}", old[name], new[name]) for name in reversed(old)]
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            pending += [(f"{place}/{at}", old[at], new[at]) for at in reversed(range(len(old)))]
        elif json.dumps(old) != json.dumps(new):
            return f"{place or '/'} is {_show(old)} and would be {_show(new)}"
    return None


def find_surface_difference(before: Json, after: Json) -> str | None:
    """Return where the documents differ, or else the routes in match order."""
    if difference := find_difference(before["document"], after["document"]):
        return f"in the OpenAPI document, {difference}"
    if difference := find_difference(before["routes"], after["routes"]):
        return f"in the order of the routes, {difference}"
    return None


def _compare_names(place: str, old: list[str], new: list[str]) -> str:
    at = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    one = repr(old[at]) if at < len(old) else "nothing"
    other = repr(new[at]) if at < len(new) else "nothing"
    return f"{place or '/'} has {cut(one, VALUE_LIMIT)} where it would have {cut(other, VALUE_LIMIT)}"


def _show(value: object) -> str:
    return cut(json.dumps(value, ensure_ascii=False), VALUE_LIMIT)
