"""Reads the report that a child makes of itself: user code can reach the socket, so nothing in it is certain."""

from __future__ import annotations

import json
import re
from typing import Any, cast, get_args

from fapi_runner.protocol import DOCUMENT_LIMIT_BYTES, Json
from fapi_runner.report import (
    EFFECTS_LIMIT,
    FRAMES_LIMIT,
    MESSAGE_LIMIT,
    SOURCE_LIMIT,
    Effect,
    EffectKind,
    FailureClass,
    Frame,
    Phase,
    Related,
    Relation,
    Report,
    cut,
    make_plain,
)

NAME_LIMIT, NOTE_LIMIT, LIST_LIMIT = 200, 600, 10
ROUTES_LIMIT = 2000
NUMBER_LIMIT = 1 << 53
TEXTS = {"type": NAME_LIMIT, "hint": MESSAGE_LIMIT}
# What can be no name of a variable is offered to nobody as one.
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
NUMBERS = ("exitCode", "limitBytes", "peakBytes")


def read_report(claim: object, phase: Phase) -> Report:
    """Return a whole report of bounded size, whatever was claimed."""
    fields: dict[str, Any] = claim if isinstance(claim, dict) else {}
    kind = fields.get("class")
    report = Report(
        {
            "phase": phase,
            "class": cast(FailureClass, kind) if kind in get_args(FailureClass) else "crashed",
            "message": _read_text(fields.get("message"), MESSAGE_LIMIT) or "The app failed and did not say how.",
            "frames": _read_frames(fields.get("frames"), FRAMES_LIMIT),
            "output": [],
        }
    )
    optional: dict[str, object] = {name: _read_text(fields.get(name), limit) for name, limit in TEXTS.items()}
    if isinstance(variable := fields.get("variable"), str) and VARIABLE.fullmatch(variable):
        optional["variable"] = variable
    optional |= {name: _read_number(fields.get(name)) for name in NUMBERS}
    optional["notes"] = [text for note in _read_list(fields.get("notes")) if (text := _read_text(note, NOTE_LIMIT))]
    optional["related"] = [_read_related(each) for each in _read_list(fields.get("related")) if isinstance(each, dict)]
    return cast(Report, report | {name: value for name, value in optional.items() if value not in (None, "", [])})


def read_prepared(claim: Json) -> Json:
    """Return what a child tells of an app that it has imported: every field, each of its kind."""
    routes = [route for route in _read_list(claim.get("routes"), ROUTES_LIMIT) if isinstance(route, dict)]
    openapi = claim.get("openapi")
    texts = ("method", "path")
    return {
        "routes": [{name: _read_text(route.get(name), SOURCE_LIMIT) for name in texts} for route in routes],
        "openapi": openapi if isinstance(openapi, dict) and _may_travel(openapi) else None,
        "sideEffects": read_effects(claim.get("sideEffects")),
        "readData": claim.get("readData") is not False,
        "readFormerAssets": claim.get("readFormerAssets") is not False,
    }


def _may_travel(document: Json) -> bool:
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        return len(text.encode("utf-8", "backslashreplace")) <= DOCUMENT_LIMIT_BYTES
    except (ValueError, RecursionError):  # a number that is none in JSON
        return False


def read_effects(claim: object) -> list[Effect]:
    """Return what a draft did to the world while it was imported, as far as it is one of the known kinds."""
    effects: list[Effect] = []
    for fields in _read_list(claim, EFFECTS_LIMIT):
        if isinstance(fields, dict) and (kind := fields.get("kind")) in get_args(EffectKind):
            effect = Effect(kind=cast(EffectKind, kind), detail=_read_text(fields.get("detail"), NAME_LIMIT))
            if (file := _read_text(fields.get("file"), NAME_LIMIT)) and (line := _read_number(fields.get("line"))):
                effect |= {"file": file, "line": line}
            effects.append(effect)
    return effects


def _read_related(fields: dict[str, Any]) -> Related:
    relation = fields.get("relation")
    return Related(
        relation=cast(Relation, relation) if relation in get_args(Relation) else "context",
        type=_read_text(fields.get("type"), NAME_LIMIT),
        message=_read_text(fields.get("message"), NOTE_LIMIT),
        frames=_read_frames(fields.get("frames"), LIST_LIMIT),
    )


def _read_frames(claim: object, limit: int) -> list[Frame]:
    frames: list[Frame] = []
    for fields in _read_list(claim, limit):
        if not isinstance(fields, dict):
            continue
        file, line = _read_text(fields.get("file"), NAME_LIMIT), _read_number(fields.get("line")) or 1
        if file.startswith("/") or ".." in file.split("/") or line < 1:  # no place in the project
            continue
        frame = Frame(file=file, line=line)
        if column := _read_number(fields.get("column")):
            frame["column"] = column
        if function := _read_text(fields.get("function"), NAME_LIMIT):
            frame["function"] = function
        if source := _read_text(fields.get("source"), SOURCE_LIMIT):
            frame["source"] = source
        frames.append(frame)
    return frames


def _read_list(claim: object, limit: int = LIST_LIMIT) -> list[object]:
    return claim[:limit] if isinstance(claim, list) else []


def _read_text(claim: object, limit: int) -> str:
    return make_plain(cut(claim, limit)) if isinstance(claim, str) else ""


def _read_number(claim: object) -> int | None:
    return claim if isinstance(claim, int) and not isinstance(claim, bool) and abs(claim) < NUMBER_LIMIT else None
