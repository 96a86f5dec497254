"""Which route answered: its template, as the app's OpenAPI writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope


def find_template(scope: Scope) -> tuple[str, object] | None:
    """Return the template and the route that served the call, None when no route did."""
    mounted = _find_mount(scope) if "app_root_path" in scope else ""
    # FastAPI keeps an included router's routes as they were written; only this context knows the prefix.
    context = scope.get("fastapi")
    route = (context.get("effective_route_context") if context else None) or scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    if isinstance(path, str):
        return mounted + path, route
    if mounted:
        return mounted + "/{path}", None
    # FastAPI does not name plain Starlette routes, such as /docs: without parameters the path is the template.
    if "endpoint" in scope and not scope.get("path_params"):
        return scope["path"], None
    return None


def _find_mount(scope: Scope) -> str:
    return str(scope["root_path"]).removeprefix(scope["app_root_path"])
