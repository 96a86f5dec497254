"""The app's operations, from its own OpenAPI; asking for it also builds FastAPI's lazy route table."""

from __future__ import annotations

import sys
import traceback
from typing import TypedDict

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Operation(TypedDict):
    method: str
    path: str


def list_operations(app: ASGIApp) -> list[Operation]:
    """Return method and path of every documented operation, in order of definition."""
    if not isinstance(app, FastAPI):
        return _list_routes(app) if isinstance(app, Starlette) else []
    try:
        paths = app.openapi().get("paths", {})
    except Exception:  # noqa: BLE001 - such an app still serves, only its /docs is broken
        print("The OpenAPI of this app could not be built:", file=sys.stderr)  # noqa: T201
        traceback.print_exc()
        return []
    return [
        Operation(method=method.upper(), path=path)
        for path, item in paths.items()
        for method in METHODS
        if method in item
    ]


def forget_schema(app: ASGIApp, routes_before: int) -> None:
    """Drop the schema built at import when the startup added routes to it."""
    if isinstance(app, FastAPI) and len(app.router.routes) != routes_before:
        app.openapi_schema = None


def count_routes(app: ASGIApp) -> int:
    """Return how many entries the app's router has now."""
    return len(app.router.routes) if isinstance(app, Starlette) else 0


def _list_routes(app: Starlette) -> list[Operation]:
    return [
        Operation(method=method, path=route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or {"GET"}) - {"HEAD"})
    ]
