"""The rule of the entrypoint, read from the syntax tree of main.py."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fapi_runner.validate.findings import Edit, Finding, Fix, find_span, make_finding, to_position
from fapi_runner.validate.imports import list_inner
from fapi_runner.validate.names import Names
from fapi_runner.validate.syntax import Source

FACTORIES = ("create_app", "make_app")
ENTRYPOINTS = ("app", *FACTORIES)
EXPECTED = "main.py must define `app = FastAPI()` (or a function create_app() that returns the app)"
# Calls that make an app; each may be imported under any name.
MAKERS = {
    "fastapi.FastAPI": "FastAPI(...)",
    "fastapi.applications.FastAPI": "FastAPI(...)",
    "starlette.applications.Starlette": "Starlette(...)",
    "fasthtml.common.FastHTML": "FastHTML(...)",
    "fasthtml.core.FastHTML": "FastHTML(...)",
    "fasthtml.FastHTML": "FastHTML(...)",
    "fasthtml.common.fast_app": "fast_app(...)",
    "fasthtml.fastapp.fast_app": "fast_app(...)",
}
SERVERS = {"uvicorn.run", "uvicorn.main.run"}
NAME_WRITERS = {"globals", "setattr", "exec", "vars", "locals"}


def check_main(files: list[str]) -> list[Finding]:
    """Check that there is a main.py."""
    if "main.py" in files:
        return []
    found = ", ".join(files[:10]) or "nothing"
    hint = "Name the main file main.py."
    message = f"{EXPECTED}; there is no main.py, only: {found}."
    return [make_finding("ENT002", "error", "main.py", message, hint=hint)]


def check_entry(source: Source) -> list[Finding]:
    """Check that main.py binds an app once and does not start a server itself."""
    return _Entry(source).check()


def walk_module(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those inside if, try, with and loops as well, in their order."""
    pending: list[ast.stmt] = tree.body[::-1]
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            pending += statement.orelse[::-1]
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending += list(list_inner(statement))[::-1]


class _Entry:
    """What main.py binds while it is imported."""

    def __init__(self, source: Source) -> None:
        self.tree = source.tree
        self.lines = source.lines
        self.names = Names(source.tree)
        self.statements = list(walk_module(source.tree))
        self.bound: set[str] = set()
        for statement in self.statements:
            self.bound |= set(_list_bound(statement))
            if isinstance(statement, ast.Delete):
                self.bound -= {node.id for node in statement.targets if isinstance(node, ast.Name)}
        # Name and maker of every app bound at the top, in order.
        self.apps = [
            (name, maker, statement)
            for statement in self.statements
            if (maker := self._find_maker(statement))
            for name in list(_list_bound(statement))[:1]
        ]

    def check(self) -> list[Finding]:
        findings = []
        is_bound = "*" in self.bound or self.bound.intersection(ENTRYPOINTS)
        if not is_bound and not any(map(_writes_names, self.tree.body)):
            findings.append(self._report_none())
        return findings + self._check_twice() + self._check_servers()

    def _report_none(self) -> Finding:
        if self.apps:
            name, _, statement = self.apps[0]
            start, end = find_span(statement, self.lines)
            found = ", ".join(f"{name} = {maker}" for name, maker, _ in self.apps)
            hint = f"Rename {name!r} to 'app'."
            if len(self.apps) > 1:
                found = f"{found}: {len(self.apps)} apps and none of them is named 'app'"
                hint = "Name the one that should be served 'app'."
            message = f"{EXPECTED}; found {found}."
            fixes = [self._append(f"app = {name}", f"Serve {name!r} as app") for name, _, _ in self.apps[:5]]
            return make_finding("ENT001", "error", "main.py", message, start=start, end=end, hint=hint, fixes=fixes)
        if inner := self._find_in_function():
            function, statement = inner
            start, end = find_span(statement, self.lines)
            message = f"{EXPECTED}; found an app only inside {function}(), where the runner cannot see it."
            hint = f"Return it and name the function create_app, or write `app = {function}()` at the end."
            return make_finding("ENT001", "error", "main.py", message, start=start, end=end, hint=hint)
        fix = self._append("from fastapi import FastAPI\n\napp = FastAPI()", "Add app = FastAPI()")
        message = f"{EXPECTED}; found no app in it."
        return make_finding("ENT001", "error", "main.py", message, hint="Add `app = FastAPI()`.", fixes=[fix])

    def _check_twice(self) -> list[Finding]:
        # Only side by side in the module itself: one in each branch of an `if` is one app.
        makers = [statement for name, _, statement in self.apps if name == "app" and statement in self.tree.body]
        findings = []
        for statement in makers[1:]:
            start, end = find_span(statement, self.lines)
            first = makers[0].lineno
            message = f"'app' is created again here: everything added to the one on line {first} is lost."
            hint = "Keep one of them, or rename the other."
            findings.append(make_finding("ENT004", "warning", "main.py", message, start=start, end=end, hint=hint))
        return findings

    def _check_servers(self) -> list[Finding]:
        findings = []
        for statement in self.statements:
            value = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(value, ast.Call) or self.names.resolve(value.func) not in SERVERS:
                continue
            start, end = find_span(statement, self.lines)
            message = "uvicorn.run() would be called while main.py is imported; the runner serves the app itself."
            hint = 'Put it under `if __name__ == "__main__":` or remove it.'
            findings.append(make_finding("ENT003", "error", "main.py", message, start=start, end=end, hint=hint))
        return findings

    def _find_maker(self, statement: ast.stmt) -> str | None:
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        return MAKERS.get(self.names.resolve(value.func) or "") if isinstance(value, ast.Call) else None

    def _find_in_function(self) -> tuple[str, ast.stmt] | None:
        for function in self.tree.body:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for statement in ast.walk(function):
                    if isinstance(statement, ast.Assign | ast.AnnAssign) and self._find_maker(statement):
                        return function.name, statement
        return None

    def _append(self, text: str, title: str) -> Fix:
        end = to_position((len(self.lines), len(self.lines[-1]) + 1))
        lead = "" if self.lines == [""] else "\n" if self.lines[-1] == "" else "\n\n"
        edit = Edit(file="main.py", start=end, end=end, text=f"{lead}{text}\n")
        return Fix(title=title, applicability="suggested", edits=[edit])


def _is_main_guard(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and "__name__" in {
        node.id for node in [test.left, *test.comparators] if isinstance(node, ast.Name)
    }


def _list_bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif not isinstance(statement, ast.AnnAssign) or statement.value:
        # Its own expressions only; the statements inside of it come by themselves.
        for part in ast.iter_child_nodes(statement):
            if isinstance(part, ast.expr | ast.withitem):
                for node in ast.walk(part):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        yield node.id


def _writes_names(statement: ast.stmt) -> bool:
    """`globals()["app"] = ...` and the like: what is bound cannot be read here, only seen when it runs."""
    return any(isinstance(node, ast.Name) and node.id in NAME_WRITERS for node in ast.walk(statement))
