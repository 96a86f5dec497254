"""Imports against the project, the standard library and the installed layer."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from fapi_runner.child.hints import INSTALLED, explain_missing_module
from fapi_runner.validate.findings import Finding, Severity, find_span, make_finding

STDLIB = sys.stdlib_module_names
# A project file of such a name breaks the framework itself; of any other installed name only its own imports.
FRAMEWORK = {
    "fastapi",
    "starlette",
    "pydantic",
    "pydantic_core",
    "uvicorn",
    "anyio",
    "typing_extensions",
    "fapi_runner",
}
CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass
class ImportedName:
    """One imported module and whether its absence would stop the import of the file."""

    module: str
    level: int
    node: ast.stmt
    is_certain: bool
    is_guarded: bool


def check_imports(trees: dict[str, tuple[ast.Module, str]], files: list[str]) -> list[Finding]:
    """Report imports that nothing here can satisfy, and project files that hide other modules."""
    modules = list_project_modules(files)
    found = {file: list(list_imports(tree)) for file, (tree, _) in trees.items()}
    reached = _reach("main.py", found, modules)
    findings: list[Finding] = []
    for file, names in found.items():
        lines = trees[file][1].split("\n")
        for name in names:
            message, hint = _judge(file, name, modules)
            if message is None or name.is_guarded:
                continue
            severity: Severity = "error" if name.is_certain and file in reached else "warning"
            start, end = find_span(name.node, lines)
            code = "IMP002" if name.level else "IMP001"
            findings.append(make_finding(code, severity, file, message, start=start, end=end, hint=hint))
    return findings + check_shadowing(modules)


def check_shadowing(modules: dict[str, str]) -> list[Finding]:
    """Report project files that take the name of a module others import."""
    findings: list[Finding] = []
    for module, file in modules.items():
        if "." in module:
            continue
        if module in STDLIB or module in FRAMEWORK:
            message = f"{file!r} hides the module {module!r} of {'Python' if module in STDLIB else 'the framework'}."
            findings.append(make_finding("IMP004", "error", file, message, hint="Give the file another name."))
        elif module in INSTALLED and module != "tests":
            message = f"{file!r} hides the installed package {module!r}."
            findings.append(make_finding("IMP004", "warning", file, message, hint="Give the file another name."))
    return findings


def list_project_modules(files: list[str]) -> dict[str, str]:
    """Return module name to file, folders of modules included with or without __init__.py."""
    modules: dict[str, str] = {}
    for file in files:
        if not file.endswith(".py"):
            continue
        parts = file.removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts.pop()
        for depth in range(1, len(parts)):
            modules.setdefault(".".join(parts[:depth]), "/".join(parts[:depth]))
        if parts:
            modules[".".join(parts)] = file
    return modules


def list_imports(tree: ast.Module) -> Iterator[ImportedName]:
    """Yield every import with the circumstances it runs in."""
    pending: list[tuple[ast.AST, bool, bool]] = [(tree, True, False)]
    while pending:
        node, certain, guarded = pending.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield ImportedName(alias.name, 0, node, certain, guarded)
        elif isinstance(node, ast.ImportFrom):
            yield ImportedName(node.module or "", node.level, node, certain, guarded)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            certain = False
        elif isinstance(node, ast.If):
            certain = False
            guarded = guarded or "TYPE_CHECKING" in ast.dump(node.test)
        elif isinstance(node, ast.Try | ast.TryStar) and any(map(_catches_import, node.handlers)):
            pending += [(child, certain, True) for child in node.body]
            rest = [*node.handlers, *node.orelse, *node.finalbody]
            pending += [(child, False, guarded) for child in rest]
            continue
        pending += [(child, certain, guarded) for child in ast.iter_child_nodes(node)]


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in CATCHING for node in ast.walk(handler.type))


def _resolve(file: str, name: ImportedName) -> str | None:
    """Return the absolute module name; None when a relative import leaves every package."""
    if name.level == 0:
        return name.module
    package = file.split("/")[:-1]
    if len(package) < name.level:
        return None
    base = package[: len(package) - name.level + 1]
    return ".".join([*base, *([name.module] if name.module else [])])


def _judge(file: str, name: ImportedName, modules: dict[str, str]) -> tuple[str | None, str | None]:
    module = _resolve(file, name)
    if module is None:
        return "A relative import leaves the project: this file is in no package.", "Write the import without the dot."
    top = module.partition(".")[0]
    if top in modules:
        missing = module not in modules
        return (f"No module named {module!r} in the project." if missing else None), None
    if name.level or (top not in STDLIB and top not in INSTALLED and top not in sys.builtin_module_names):
        return f"No module named {module!r}", explain_missing_module(module, list(modules))
    return None, None


def _reach(entry: str, found: dict[str, list[ImportedName]], modules: dict[str, str]) -> set[str]:
    reached: set[str] = set()
    pending = [entry]
    while pending:
        file = pending.pop()
        if file in reached:
            continue
        reached.add(file)
        for name in found.get(file, []):
            module = _resolve(file, name)
            if module is None:
                continue
            parts = module.split(".")
            candidates = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
            if isinstance(name.node, ast.ImportFrom):
                candidates += [f"{module}.{alias.name}".strip(".") for alias in name.node.names]
            pending += [modules[candidate] for candidate in candidates if candidate in modules]
    return reached
