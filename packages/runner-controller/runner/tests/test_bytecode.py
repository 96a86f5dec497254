"""The quick reading of imports agrees with the syntax tree on everything that is installed here."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

from fapi_runner.validate.bytecode import Import, read_imports
from fapi_runner.validate.imports import list_imports
from fapi_runner.validate.syntax import check_syntax


def test_the_imports_of_the_bytecode_are_those_of_the_tree() -> None:
    roots = [Path(sysconfig.get_path("purelib"), name) for name in ("fastapi", "starlette", "pydantic", "sqlmodel")]
    seen = 0
    for path in [path for root in roots for path in sorted(root.rglob("*.py"))] + list_stdlib():
        parsed, _ = check_syntax(path.name, path.read_text("utf-8"))
        assert parsed is not None
        quick = read_imports(parsed.codes)
        assert quick is not None, path
        slow = [name.imported for name in list_imports(parsed)]
        missing = set(slow) - set(quick)
        assert set(quick) <= set(slow), path
        # The compiler leaves out what can never run.
        assert not missing or any(map(is_never, ast.walk(parsed.tree))), (path, missing)
        seen += len(quick)
    assert seen > 2000


def is_never(node: ast.AST) -> bool:
    if not isinstance(node, ast.If | ast.While):
        return False
    return isinstance(node.test, ast.Constant) or "__debug__" in ast.dump(node.test)


def list_stdlib() -> list[Path]:
    return sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))


def test_what_is_written_otherwise_is_left_to_the_tree() -> None:
    many = "".join(f"x{number} = {number}.5\n" for number in range(300))
    text = "import json\nfrom os import path\n"
    few, _ = check_syntax("few.py", text)
    more, _ = check_syntax("more.py", many + text)
    assert few is not None
    assert more is not None
    assert read_imports(few.codes) == [Import("json", 0, ()), Import("os", 0, ("path",))]
    assert read_imports(more.codes) is None
    assert [name.imported for name in list_imports(more)][::-1] == read_imports(few.codes)
