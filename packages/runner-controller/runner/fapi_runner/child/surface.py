"""All that an app shows to the outside: its OpenAPI document, and every route in the order in which they are tried."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import ASGIApp

from fapi_runner.child.loader import load_app, use_environment
from fapi_runner.child.openapi import build_document
from fapi_runner.child.order import Order, flush_streams
from fapi_runner.child.project import copy_project
from fapi_runner.protocol import Json

ROUTES_LIMIT_BYTES = 512 << 10


def show_surface(order: Order) -> int:
    """Import a copy of the project, with the order's changes laid over it, and tell `surface`; return the exit code."""
    folder = Path(order.body["folder"])
    project, temporary = folder / "project", folder / "tmp"
    copy_project(order.code, project)
    if order.body["changed"]:
        copy_project(Path(order.body["changed"]), project)
    temporary.mkdir()
    os.chdir(project)
    use_environment({"TMPDIR": str(temporary), **order.body["environment"]})
    tempfile.tempdir = None
    # What went wrong is told as if it had happened in the revision.
    order.code = project
    try:
        app = load_app(project)
        document = build_document(app)
        routes = list_routes(app)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it becomes a report
        order.fail(error, "import")
        return 1
    flush_streams()
    # One after the other: together they might not fit into one header.
    order.tell({"kind": "document", "document": document})
    order.tell({"kind": "surface", "routes": routes})
    return 0


def list_routes(app: ASGIApp) -> list[Json] | None:
    """Return every route, those that no document shows as well; None when there are too many to tell."""
    if not isinstance(app, FastAPI):
        return None
    routes = [_describe(route) for route in iter_route_contexts(app.router.routes)]
    if len(json.dumps(routes)) > ROUTES_LIMIT_BYTES:
        print("The app has too many routes to tell them all.", file=sys.stderr)  # noqa: T201
        return None
    return routes


def _describe(route: RouteContext) -> Json:
    def read(name: str) -> Any:
        return getattr(route, name, None)

    described: Json = {
        "kind": type(route.original_route).__name__,
        "path": str(route.path),
        "name": str(route.name),
        "methods": sorted(map(str, route.methods or ())),
        "endpoint": str(getattr(route.endpoint, "__qualname__", None)),
        "isShown": bool(read("include_in_schema")),
        "status": str(read("status_code")),
        "answer": str(getattr(read("response_class"), "__name__", type(read("response_class")).__name__)),
        "dependencies": len(read("dependencies") or ()),
    }
    if (mounted := getattr(route.original_route, "app", None)) is not None and "Mount" in described["kind"]:
        described["app"] = type(mounted).__name__
    return described
