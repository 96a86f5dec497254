"""Which statements are routes, of which router, and in which file people would look for them."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata

from fapi_runner.validate.names import fold_text

APP = "app"
# What an APIRouter has as well, and does in the same way.
ROUTE_METHODS = {
    *("get", "put", "post", "delete", "options", "head", "patch", "trace"),
    *("api_route", "websocket"),
}
# What says nothing about the order of routes.
SETTINGS = {
    *("add_middleware", "middleware", "exception_handler", "add_exception_handler", "on_event", "add_event_handler"),
}
VERSION = re.compile(r"api|v\d+", re.IGNORECASE)
NAME_LIMIT = 40
ROOT = "root"


def list_owners(node: ast.stmt, names: set[str]) -> list[tuple[ast.Name, str]]:
    """Return whom the decorators of a function ask for a route or the like, and by which method, top first."""
    found = []
    for decorator in getattr(node, "decorator_list", []):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in names:
            found.append((called.value, called.attr))
    return found


def find_key(node: ast.stmt) -> str:
    """Return the name of the file for a route: its first tag, else the first part of its path that says something."""
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            if (tag := _find_tag(decorator)) and (name := to_name(tag)):
                return name
            if name := _name_path(decorator):
                return name
    return ROOT


def find_router_key(name: str, node: ast.stmt) -> str:
    """Return the name of the file for a router that main.py has already: its tag, its prefix, or its own name."""
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call):
        prefix = next((fold_text(each.value) for each in value.keywords if each.arg == "prefix"), None)
        for said in (_find_tag(value), _choose_part(prefix or "")):
            if said and (found := to_name(said)):
                return found
    return to_name(name.removesuffix("_router")) or ROOT


def to_name(text: str) -> str:
    """Return the text as a module's name; empty where nothing of it can be one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:NAME_LIMIT].strip("_")
    if not name:
        return ""
    return f"{name}_" if keyword.iskeyword(name) else f"n{name}" if name[0].isdigit() else name


def _find_tag(call: ast.Call) -> str | None:
    for each in call.keywords:
        if each.arg == "tags" and isinstance(each.value, ast.List | ast.Tuple) and each.value.elts:
            first = each.value.elts[0]
            return first.attr if isinstance(first, ast.Attribute) and first.attr != "value" else fold_text(first)
    return None


def has_empty_path(node: ast.stmt) -> bool:
    """Say whether a route has no path at all, not even a `/`."""
    calls = (each for each in getattr(node, "decorator_list", []) if isinstance(each, ast.Call))
    return any(path is not None and fold_text(path) == "" for path in map(_find_path, calls))


def _find_path(call: ast.Call) -> ast.expr | None:
    given = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "path")]
    return given[0] if given else None


def _name_path(call: ast.Call) -> str:
    path = _find_path(call)
    # Of `PREFIX + "/items"` and f"{PREFIX}/items" what is written there.
    said = [node.value for node in ast.walk(path) if isinstance(node, ast.Constant)] if path is not None else []
    return to_name(_choose_part("".join(text for text in said if isinstance(text, str))))


def _choose_part(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    while len(parts) > 1 and VERSION.fullmatch(parts[0]) and not parts[1].startswith("{"):
        parts.pop(0)
    return parts[0] if parts and not parts[0].startswith("{") else ""
