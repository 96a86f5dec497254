"""Imports against the project, Python's own modules and the installed layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fapi_runner.validate.bytecode import Import, read_imports
from fapi_runner.validate.findings import Edit, Finding, Fix, Place, Severity, find_span, make_finding, to_position
from fapi_runner.validate.layer import STDLIB, has_module
from fapi_runner.validate.missing import describe_absent, explain_missing_module, find_alternative
from fapi_runner.validate.modules import check_shadowing, list_nested_modules, list_project_modules
from fapi_runner.validate.packages import NOTICES, make_package_fix
from fapi_runner.validate.syntax import Compiled, Source

# The statements that have others inside; most have none, and are passed over at once.
COMPOUND = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.Match, ast.Try, ast.TryStar),
    *(ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
)
SYS_PATH = Import("sys", 0, ("path",))
CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
# The module of `from module import name`: the syntax tree has places for the names alone.
FROM = re.compile(r"from[ \t]*([.\w]+)")


@dataclass
class ImportedName:
    """One import in the syntax tree, and whether its failure would stop the import of the file."""

    imported: Import
    # The whole statement.
    start: Place
    end: Place
    # The module, as it is written there.
    named: tuple[Place, Place]
    is_certain: bool
    is_guarded: bool


def read_file_imports(compiled: Compiled) -> list[Import]:
    """Return what a file imports, by the quick way when it leads there."""
    quick = read_imports(compiled.codes)
    imports = quick if quick is not None else [name.imported for name in list_imports(compiled)]
    # However it is written: the module and the name are enough to look further for what is missing.
    return [*imports, SYS_PATH] if {"sys", "path"} <= compiled.names else imports


def check_imports(
    found: dict[str, list[Import]], files: list[str], read: Callable[[str], Source | None]
) -> list[Finding]:
    """Report imports that nothing here can satisfy, and project files that hide other modules.

    A file is read again only where something is wrong with it: its syntax tree tells the places.
    """
    own = list_project_modules(files)
    changes_path = any(SYS_PATH in imports for imports in found.values())
    modules = own | _list_added(files, own) if changes_path else own
    reached = _reach("main.py", found, modules)
    findings: list[Finding] = []
    for file, imports in found.items():
        if all(_is_fine(file, imported, modules) for imported in imports) or not (source := read(file)):
            continue
        for name in list_imports(source):
            findings += _judge(file, name, modules, is_reached=file in reached)
    return findings + check_shadowing(own)


def list_imports(source: Source) -> Iterator[ImportedName]:
    """Yield every import with the circumstances it runs in; expressions have none and are not looked into."""
    pending: list[tuple[ast.stmt, bool, bool]] = [(node, True, False) for node in source.tree.body]
    while pending:
        node, certain, guarded = pending.pop()
        if isinstance(node, ast.Import):
            start, end = find_span(node, source.lines)
            for alias in node.names:
                named = _find_alias(alias, source.lines)
                yield ImportedName(Import(alias.name, 0, ()), start, end, named, certain, guarded)
            continue
        if isinstance(node, ast.ImportFrom):
            start, end = find_span(node, source.lines)
            imported = Import(node.module or "", node.level, tuple(alias.name for alias in node.names))
            named = _find_from(start, source.lines) or (start, end)
            yield ImportedName(imported, start, end, named, certain, guarded)
            continue
        if not isinstance(node, COMPOUND):
            continue
        if isinstance(node, ast.Try | ast.TryStar) and any(map(_catches_import, node.handlers)):
            pending += [(child, certain, True) for child in node.body]
            rest = [*node.orelse, *node.finalbody, *(child for handler in node.handlers for child in handler.body)]
            pending += [(child, False, guarded) for child in rest]
            continue
        if isinstance(node, ast.If):
            certain = False
            guarded = guarded or _mentions(node.test, "TYPE_CHECKING")
        elif isinstance(node, ast.With):
            guarded = guarded or any(_mentions(item.context_expr, "suppress") for item in node.items)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.AsyncFor | ast.While | ast.Match):
            certain = False
        pending += [(child, certain, guarded) for child in list_inner(node)]


def _find_alias(alias: ast.alias, lines: list[str]) -> tuple[Place, Place]:
    """Return where `a.b` of `import a.b as c` is."""
    start, end = find_span(alias, lines)
    named = (start[0], start[1] + len(alias.name))
    # Written with blanks around its dots it is longer: then with all that belongs to it.
    return (start, named) if lines[start[0] - 1].startswith(alias.name, start[1] - 1) else (start, end)


def _find_from(start: Place, lines: list[str]) -> tuple[Place, Place] | None:
    """Return where the module of the `from` that begins here is; None where it is on another line."""
    line, column = start
    if not (match := FROM.match(lines[line - 1], column - 1)):
        return None
    return (line, match.start(1) + 1), (line, match.end(1) + 1)


def list_inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements directly inside a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for name in ("handlers", "cases"):
        for part in getattr(node, name, ()):
            yield from part.body


def _list_added(files: list[str], own: dict[str, str]) -> dict[str, str]:
    """Return what may be found in folders that are put on `sys.path`; which of them are, only running tells."""
    nested = list_nested_modules(files)
    tops = {module.partition(".")[0] for module in nested}
    missing = {top for top in tops if top not in own and not has_module(top)}
    return {module: file for module, file in nested.items() if module.partition(".")[0] in missing}


def _mentions(node: ast.expr, name: str) -> bool:
    """Say whether the outermost operators of an expression lead to a name."""
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.Attribute):
        return node.attr == name
    if isinstance(node, ast.Call):
        return _mentions(node.func, name)
    if isinstance(node, ast.UnaryOp):
        return _mentions(node.operand, name)
    return isinstance(node, ast.BoolOp) and any(_mentions(value, name) for value in node.values)


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in CATCHING for node in ast.walk(handler.type))


def _resolve(file: str, name: Import) -> str | None:
    """Return the absolute module name; None when a relative import leaves every package."""
    if name.level == 0:
        return name.module
    package = file.split("/")[:-1]
    if len(package) < name.level:
        return None
    base = package[: len(package) - name.level + 1]
    return ".".join([*base, *([name.module] if name.module else [])])


def _is_fine(file: str, imported: Import, modules: dict[str, str]) -> bool:
    module = _resolve(file, imported)
    if module is None:
        return False
    top = module.partition(".")[0]
    if top in modules or imported.level:
        return module in modules
    return top not in NOTICES and has_module(module)


def _judge(file: str, name: ImportedName, modules: dict[str, str], *, is_reached: bool) -> list[Finding]:
    if name.is_guarded:
        return []
    module = _resolve(file, name.imported)
    severity: Severity = "error" if name.is_certain and is_reached else "warning"

    def report(code: str, severity: Severity, message: str, hint: str = "", fixes: list[Fix] | None = None) -> Finding:
        start, end = name.named
        return make_finding(code, severity, file, message, start=start, end=end, hint=hint, fixes=fixes)

    if module is None:
        message = "A relative import leaves the project: this file is in no package."
        fixes = _drop_dot(file, name, modules)
        return [report("IMP002", severity, message, "Write the import without the dot.", fixes)]
    top = module.partition(".")[0]
    if top in modules or name.imported.level:
        if module in modules:
            return []
        message, hint = describe_absent(module, modules)
        return [report("IMP001", severity, message, hint)]
    if not has_module(top):
        # Never for what may be a slip of the pen: packages with such names are bait.
        is_addable = top not in STDLIB and find_alternative(module, list(modules)) is None
        fixes = [make_package_fix(module)] if is_addable else []
        hint = " ".join(filter(None, (NOTICES.get(top), explain_missing_module(module, list(modules)))))
        return [report("IMP001", severity, f"No module named {module!r}", hint, fixes)]
    if not has_module(module):
        # A package may make modules while it is imported: this is advice, a candidate's import knows.
        return [report("IMP005", "warning", f"The package {top!r} has no file for the module {module!r}.")]
    return [report("IMP003", "info", NOTICES[top])] if top in NOTICES else []


def _drop_dot(file: str, name: ImportedName, modules: dict[str, str]) -> list[Fix]:
    """Offer the absolute form where the project has the module it would name."""
    module, level, taken = name.imported
    text = f"from {module} import {', '.join(taken)}"
    # Only what is written in the plainest way: on one line, without `as` and parentheses.
    is_plain = name.start[0] == name.end[0] and len(text) + 1 == name.end[1] - name.start[1]
    if level != 1 or module.partition(".")[0] not in modules or not is_plain:
        return []
    edit = Edit(file=file, start=to_position(name.start), end=to_position(name.end), text=text)
    return [Fix(title="Write the import without the dot", applicability="safe", edits=[edit])]


def _reach(entry: str, found: dict[str, list[Import]], modules: dict[str, str]) -> set[str]:
    reached: set[str] = set()
    pending = [entry]
    while pending:
        file = pending.pop()
        if file in reached:
            continue
        reached.add(file)
        for imported in found.get(file, ()):
            module = _resolve(file, imported)
            if module is None:
                continue
            parts = module.split(".")
            candidates = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
            candidates += [f"{module}.{taken}".strip(".") for taken in imported.taken]
            pending += [modules[candidate] for candidate in candidates if candidate in modules]
    return reached
