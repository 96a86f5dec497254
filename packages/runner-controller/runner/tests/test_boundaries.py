"""Who may import whom: no circle of modules, and no room that reaches into one that stands on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "fapi_runner"
# room: the rooms that it never needs
NEVER = {
    "fapi_runner.report": ("fapi_runner.",),
    "fapi_runner.protocol": ("fapi_runner.",),
    "fapi_runner.validate": ("fapi_runner.agent", "fapi_runner.child", "fapi_runner.metrics"),
    "fapi_runner.libc": ("fapi_runner.",),
    "fapi_runner.heap": ("fapi_runner.agent", "fapi_runner.child", "fapi_runner.metrics", "fapi_runner.validate"),
    "fapi_runner.metrics": ("fapi_runner.agent", "fapi_runner.child", "fapi_runner.validate"),
    "fapi_runner.child": ("fapi_runner.agent",),
    "fapi_runner.agent.disk": ("fapi_runner.agent.children", "fapi_runner.agent.serving"),
    "fapi_runner.agent.egress": (
        *("fapi_runner.agent.checking", "fapi_runner.agent.children", "fapi_runner.agent.disk"),
        *("fapi_runner.agent.methods", "fapi_runner.agent.serving"),
    ),
    "fapi_runner.agent.children": (
        "fapi_runner.agent.serving",
        "fapi_runner.agent.checking",
        "fapi_runner.agent.methods",
    ),
    "fapi_runner.agent.checking": ("fapi_runner.agent.disk", "fapi_runner.agent.methods", "fapi_runner.agent.serving"),
    "fapi_runner.agent.serving": ("fapi_runner.agent.methods",),
    # It answers with what the rooms can do, and knows none of the children itself.
    "fapi_runner.agent.methods": ("fapi_runner.child", "fapi_runner.agent.children.nursery", "fapi_runner.agent.main"),
}


def read_modules() -> dict[str, set[str]]:
    """Return what each module imports of the package, for its types alone as well."""
    paths = sorted(PACKAGE.rglob("*.py"))
    names = {path: ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths}
    modules = {name.removesuffix(".__init__"): path for path, name in names.items()}
    return {name: {found for found in list_imports(path) if found in modules} for name, path in modules.items()}


def list_imports(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    # What a function imports is no need of its module.
    late = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in [found for each in tree.body if not isinstance(each, late) for found in ast.walk(each)]:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def find_needs(module: str, modules: dict[str, set[str]]) -> set[str]:
    needs: set[str] = set()
    pending = [module]
    while pending:
        new = modules[pending.pop()] - needs
        needs |= new
        pending += new
    return needs


def test_no_module_needs_itself() -> None:
    modules = read_modules()
    assert len(modules) > 100
    # Within a package, its door is what its rooms stand in.
    assert [module for module in modules if module in find_needs(module, modules)] == []


@pytest.mark.parametrize("room", NEVER)
def test_a_room_reaches_into_none_that_stands_on_it(room: str) -> None:
    modules = read_modules()
    own = [module for module in modules if module == room or module.startswith(f"{room}.")]
    assert own
    reached = {(module, found) for module in own for found in modules[module] if found.startswith(NEVER[room])}
    assert reached == set()
