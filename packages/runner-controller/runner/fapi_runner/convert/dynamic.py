"""What reaches the names or the routes of main.py in ways that no text shows: nothing can be moved then."""

from __future__ import annotations

import ast

from fapi_runner.convert.refusal import RefusedError
from fapi_runner.convert.routes import APP
from fapi_runner.convert.scope import walk_evaluated
from fapi_runner.validate.names import Names, fold_text

# Whoever calls these may reach any name of the module, by whatever text.
REACHING = {"builtins.globals", "builtins.eval", "builtins.exec"}
REACHED = {"sys.modules", "sys._getframe", "inspect.currentframe", "inspect.stack", "inspect.getmodule"}
# Without arguments, at the level of the module.
SPACES = {"builtins.vars", "builtins.locals"}
BY_NAME = {"importlib.import_module", "importlib.reload", "builtins.__import__", "runpy.run_module", "runpy.run_path"}


def refuse_dynamic(tree: ast.Module, names: Names) -> None:
    """Raise RefusedError where main.py may reach a name of its own by a text."""
    at_import = {id(node) for node in walk_evaluated(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            message = f"`from {node.module} import *` brings names that cannot be told from the text."
            raise RefusedError(message, node.lineno)
        if isinstance(node, ast.Attribute) and node.attr == "router" and _is_app(node.value):
            message = "`app.router` is used itself: what is set there holds for the app's own routes only."
            raise RefusedError(message, node.lineno)
        if reached := _find_reach(node, names, id(node) in at_import):
            message = f"{reached} may reach any name of this file, so none can be moved."
            raise RefusedError(message, getattr(node, "lineno", 1))


def find_main_import(node: ast.AST, names: Names) -> bool:
    """Say whether it imports main.py by its name as text."""
    if not isinstance(node, ast.Call) or not node.args or names.resolve(node.func) not in BY_NAME:
        return False
    first = node.args[0]
    return (isinstance(first, ast.Name) and first.id == "__name__") or fold_text(first) in ("main", "main.py")


def refuse_route_lists(tree: ast.Module, names: Names, file: str = "main.py") -> None:
    """Raise RefusedError where the list of the app's routes is read: in it, an included router is one item."""
    read_well: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (names.resolve(node.func) or "").endswith(".get_openapi"):
            read_well |= {id(each.value) for each in node.keywords if each.arg == "routes"}
        elif not isinstance(node, ast.Attribute) or node.attr != "routes" or id(node) in read_well:
            continue
        elif _may_be_app(node.value, names):
            message = f"`{ast.unparse(node)}` has every route now, and would have one item for all those of a router."
            raise RefusedError(message, node.lineno, file)


def _find_reach(node: ast.AST, names: Names, is_at_import: bool) -> str | None:
    if isinstance(node, ast.Call):
        called = names.resolve(node.func) or ""
        if called in REACHING or (called in SPACES and is_at_import and not node.args):
            return f"{called.removeprefix('builtins.')}()"
        if find_main_import(node, names):
            return f"{called.removeprefix('builtins.')}() of main.py itself"
    elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
        # Not of a variable that holds it: there it is said where that was made.
        found = names.resolve(node)
        if found in REACHED or found in REACHING:
            return found.removeprefix("builtins.") + ("()" if found in REACHING else "")
        if isinstance(node, ast.Attribute) and node.attr == "__globals__":
            return "`__globals__`"
    return None


def _is_app(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == APP


def _may_be_app(node: ast.expr, names: Names) -> bool:
    """`app.routes`, `request.app.routes`, `main.app.routes`, and of a function's own `app` or `application` too."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    if isinstance(node, ast.Attribute) and node.attr == "router":
        return _may_be_app(node.value, names)
    return name.lower() in (APP, "application", "api") or (isinstance(node, ast.Name) and _is_alias(node, names))


def _is_alias(node: ast.Name, names: Names) -> bool:
    return (names.resolve(node) or "").endswith(".FastAPI")
