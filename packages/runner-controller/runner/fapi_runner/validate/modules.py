"""The modules a project's files make, and the names they take from others."""

from __future__ import annotations

from fapi_runner.validate.findings import Finding, make_finding
from fapi_runner.validate.layer import find_owner

RENAME = "Give it another name."
# Everybody calls the folder of their tests so, and nobody imports the others of that name.
TESTS = {"test", "tests"}


def list_project_modules(files: list[str]) -> dict[str, str]:
    """Return module name to file, folders of modules included with or without __init__.py."""
    modules: dict[str, str] = {}
    for file in files:
        if not file.endswith(".py"):
            continue
        parts = file.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        if is_package:
            parts.pop()
        for depth in range(1, len(parts)):
            modules.setdefault(".".join(parts[:depth]), "/".join(parts[:depth]))
        # A package goes before a file of its name, as it does for Python.
        if parts and (is_package or not modules.get(".".join(parts), "").endswith("/__init__.py")):
            modules[".".join(parts)] = file
    return modules


def list_nested_modules(files: list[str]) -> dict[str, str]:
    """Return module name to file as they would be with each folder of the project on Python's path."""
    inner: dict[str, list[str]] = {}
    for file in files:
        parts = file.split("/")
        for depth in range(1, len(parts)):
            inner.setdefault("/".join(parts[:depth]), []).append("/".join(parts[depth:]))
    nested: dict[str, str] = {}
    for folder, rest in inner.items():
        for module, file in list_project_modules(rest).items():
            nested.setdefault(module, f"{folder}/{file}")
    return nested


def check_shadowing(modules: dict[str, str]) -> list[Finding]:
    """Report project files that take the name of a module others import."""
    found = (_judge(module, file) for module, file in modules.items() if "." not in module)
    return [finding for finding in found if finding]


def check_twins(files: list[str]) -> list[Finding]:
    """Report files that a package of the same name hides."""
    known = set(files)
    return [
        make_finding("IMP007", "warning", file, f"{file!r} is never imported: {package!r} wins.", hint=RENAME)
        for file in files
        if file.endswith(".py") and (package := file.removesuffix(".py") + "/__init__.py") in known
    ]


def _judge(module: str, file: str) -> Finding | None:
    owner = find_owner(module)
    if owner is None or module in TESTS:
        return None
    if owner == "built-in":
        message = f"{file!r} has the name of the module {module!r}, which is built into Python and always wins."
        return make_finding("IMP004", "error", file, message, hint=RENAME)
    whose = {"python": "of Python", "framework": "of the framework", "runner": "of the runner"}.get(owner)
    if not file.endswith(".py"):
        # A folder without __init__.py loses against a module that is found anywhere.
        owned = whose or "that is installed"
        message = f"The folder {file!r} has the name of the module {module!r} {owned}, which is imported instead."
        hint = f"{RENAME} Only then can its files be imported."
        return make_finding("IMP004", "error" if whose else "warning", file, message, hint=hint)
    if whose:
        message = f"{file!r} hides the module {module!r} {whose}."
        return make_finding("IMP004", "error", file, message, hint=RENAME)
    return make_finding("IMP004", "warning", file, f"{file!r} hides the installed package {module!r}.", hint=RENAME)
