"""What an app answers to: its routes cheaply, its OpenAPI document when there is time."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator
from typing import TypedDict

from fastapi import FastAPI, routing
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from fapi_runner.protocol import DOCUMENT_LIMIT_BYTES, Json

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(TypedDict):
    """One documented route with one method."""

    method: str
    path: str


def list_operations(app: ASGIApp) -> list[Operation]:
    """Return method and path of every documented operation, in order of definition.

    This also builds FastAPI's lazy route table, which the first request would wait for otherwise.
    """
    if not isinstance(app, FastAPI):
        return _list_routes(app) if isinstance(app, Starlette) else []
    methods_by_path: dict[str, set[str]] = {}
    try:
        for path, methods in _iter_documented(app):
            methods_by_path.setdefault(path, set()).update(methods)
    except Exception:  # noqa: BLE001 - the requests that need the broken route will say so; the others are answered
        print("The routes of this app could not be listed:", file=sys.stderr)  # noqa: T201
        traceback.print_exc()
    return [
        Operation(method=method.upper(), path=path)
        for path, methods in methods_by_path.items()
        for method in METHODS
        if method.upper() in methods
    ]


def build_document(app: ASGIApp) -> Json | None:
    """Return the app's OpenAPI document, None when it has none, cannot build it, or it is too large to hand over.

    The app forgets it again: its startup may still change the title, the servers or the routes.
    """
    if not isinstance(app, FastAPI):
        return None
    kept = app.openapi_schema
    try:
        document = app.openapi()
        size = len(json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace"))
    except Exception:  # noqa: BLE001 - such an app still serves, only its /docs is broken
        print("The OpenAPI of this app could not be built:", file=sys.stderr)  # noqa: T201
        traceback.print_exc()
        return None
    finally:
        app.openapi_schema = kept
    if size > DOCUMENT_LIMIT_BYTES:
        print(f"The OpenAPI of this app has {size} bytes: too many to show it in the editor.", file=sys.stderr)  # noqa: T201
        return None
    return document


def find_endpoints(app: ASGIApp) -> None:
    """Have FastAPI find where each endpoint is written, which it does at each one's first request otherwise."""
    find = getattr(routing, "_extract_endpoint_context", None)
    if find is None or not isinstance(app, FastAPI):
        return
    # Of a route that cannot be made, the list of operations has told already; the app is served all the same.
    with contextlib.suppress(Exception):
        for route in iter_route_contexts(app.router.routes):
            if isinstance(route.original_route, APIRoute):
                find(route.original_route.endpoint)


def _iter_documented(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    for route in iter_route_contexts(app.router.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema and route.path_format:
            yield route.path_format, route.methods or set()


def _list_routes(app: Starlette) -> list[Operation]:
    return [
        Operation(method=method, path=route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or {"GET"}) - {"HEAD"})
    ]
