"""The rule of the entrypoint, read from the syntax tree of main.py."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fapi_runner.validate.findings import Finding, find_span, make_finding

ENTRYPOINTS = ("app", "create_app", "make_app")
EXPECTED = "main.py must define `app = FastAPI()` (or a function create_app() that returns the app)"


def check_entry(tree: ast.Module | None, text: str, files: list[str]) -> list[Finding]:
    """Check that main.py exists, binds an app and does not start a server itself."""
    if "main.py" not in files:
        found = ", ".join(files[:10]) or "nothing"
        return [make_finding("ENT002", "error", "main.py", f"{EXPECTED}; there is no main.py, only: {found}.")]
    if tree is None:
        return []
    findings: list[Finding] = []
    statements = list(walk_module(tree))
    bound = {name for statement in statements for name in _list_bound(statement)}
    if "*" not in bound and not bound.intersection(ENTRYPOINTS):
        apps = [name for statement in statements for name in _list_apps(statement)]
        found = f"found {', '.join(apps)} = FastAPI(...)" if apps else "found no app in it"
        hint = f"Rename {apps[0]!r} to 'app'." if apps else "Add `app = FastAPI()`."
        findings.append(make_finding("ENT001", "error", "main.py", f"{EXPECTED}; {found}.", hint=hint))
    lines = text.split("\n")
    for statement in statements:
        if isinstance(statement, ast.Expr) and _calls_server(statement.value):
            start, end = find_span(statement, lines)
            message = "uvicorn.run() would be called while main.py is imported; the runner serves the app itself."
            hint = 'Put it under `if __name__ == "__main__":` or remove it.'
            findings.append(make_finding("ENT003", "error", "main.py", message, start=start, end=end, hint=hint))
    return findings


def walk_module(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those inside if, try, with and loops as well."""
    pending: list[ast.stmt] = tree.body[::-1]
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            pending += statement.orelse[::-1]
            continue
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "handlers", "orelse", "finalbody", "cases"):
            for child in reversed(getattr(statement, name, [])):
                if isinstance(child, ast.stmt):
                    pending.append(child)
                else:
                    pending += child.body[::-1]


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and "__name__" in {
        node.id for node in [test.left, *test.comparators] if isinstance(node, ast.Name)
    }


def _list_bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and statement.value and isinstance(statement.target, ast.Name):
        yield statement.target.id
    elif isinstance(statement, ast.With | ast.AsyncWith):
        for item in statement.items:
            if isinstance(item.optional_vars, ast.Name):
                yield item.optional_vars.id
    elif isinstance(statement, ast.Expr):
        yield from (node.target.id for node in ast.walk(statement.value) if isinstance(node, ast.NamedExpr))


def _list_apps(statement: ast.stmt) -> Iterator[str]:
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call) and _name_of(value.func).rpartition(".")[2] == "FastAPI":
        yield from _list_bound(statement)


def _calls_server(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and _name_of(value.func) == "uvicorn.run"


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
