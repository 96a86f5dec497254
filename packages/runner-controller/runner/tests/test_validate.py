from __future__ import annotations

from typing import Any

import pytest
from rig import APPS, Rig, read_case

pytestmark = pytest.mark.anyio
MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"
GOOD = [path.name for path in sorted(APPS.iterdir()) if path.is_dir() and not path.name.startswith("fail_")]

# title: (files, code, severity, file, (line, column), part of the message)
FINDINGS: dict[str, tuple[dict[str, str | bytes], str, str, str, tuple[int, int], str]] = {
    "a syntax error": ({"main.py": MAIN + "def f(:\n  pass\n"}, "PY001", "error", "main.py", (3, 7), "invalid syntax"),
    "a column counted in characters": (
        {"main.py": MAIN + "é = 'ü' 'ü' )\n"},
        "PY001",
        "error",
        "main.py",
        (3, 13),
        "unmatched ')'",
    ),
    "an error of the compile stage": (
        {"main.py": MAIN + "return 1\n"},
        "PY001",
        "error",
        "main.py",
        (3, 1),
        "'return' outside function",
    ),
    "a bad escape": ({"main.py": MAIN + "x = '\\d'\n"}, "PY010", "warning", "main.py", (3, 1), "invalid escape"),
    "nesting that Python cannot compile": (
        {"main.py": MAIN, "deep.py": "(" * 500 + ")" * 500},
        "PY001",
        "error",
        "deep.py",
        (1, 201),
        "too many nested",
    ),
    "an expression too deep": (
        {"main.py": MAIN, "deep.py": "x = " + "-" * 50_000 + "1"},
        "PY002",
        "error",
        "deep.py",
        (1, 1),
        "too deeply",
    ),
    "a NUL byte": ({"main.py": MAIN, "nul.py": b"a = 1\n\0"}, "SRC001", "error", "nul.py", (2, 1), "NUL"),
    "bytes that are not UTF-8": (
        {"main.py": MAIN, "b.py": b"a = '\xff'\n"},
        "SRC002",
        "error",
        "b.py",
        (1, 6),
        "UTF-8",
    ),
    "another encoding": (
        {"main.py": MAIN, "c.py": b"# -*- coding: utf-7 -*-\n"},
        "SRC003",
        "error",
        "c.py",
        (1, 1),
        "utf-7",
    ),
    "a bare carriage return": (
        {"main.py": MAIN, "cr.py": b"# a\rimport os"},
        "SRC004",
        "error",
        "cr.py",
        (1, 4),
        "return",
    ),
    "a bidi control": ({"main.py": MAIN + "# \u202e\n"}, "SRC005", "warning", "main.py", (3, 3), "direction"),
    "a bad name": ({"main.py": MAIN, "a b.txt": ""}, "SRC006", "error", "a b.txt", (1, 1), "allowed name"),
    "a twin by case": ({"main.py": MAIN, "Main.py": ""}, "SRC008", "error", "main.py", (1, 1), "only in case"),
    "a name that Python reads otherwise": (
        {"main.py": MAIN + "\uff45val = 1\n"},
        "SRC009",
        "warning",
        "main.py",
        (3, 1),
        "eval",
    ),
    "too many files": ({"main.py": MAIN} | {f"f{n}.txt": "" for n in range(200)}, "LIM001", "error", "", (1, 1), "201"),
    "too many bytes": ({"main.py": MAIN, "big.txt": b"x" * 5_000_001}, "LIM002", "error", "", (1, 1), "5000"),
    "a missing module": (
        {"main.py": "import pandas\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 1),
        "No module named 'pandas'",
    ),
    "a module missing in a function": (
        {"main.py": MAIN + "def f():\n    import pandas\n"},
        "IMP001",
        "warning",
        "main.py",
        (4, 5),
        "pandas",
    ),
    "a module missing in a file that nothing imports": (
        {"main.py": MAIN, "script.py": "import pandas\n"},
        "IMP001",
        "warning",
        "script.py",
        (1, 1),
        "pandas",
    ),
    "a missing file of the project": (
        {"main.py": MAIN + "from parts import a\nimport parts.b\n", "parts/a.py": ""},
        "IMP001",
        "error",
        "main.py",
        (4, 1),
        "'parts.b' in the project",
    ),
    "a relative import in no package": (
        {"main.py": MAIN + "from .core import x\n", "core.py": "x = 1"},
        "IMP002",
        "error",
        "main.py",
        (3, 1),
        "no package",
    ),
    "a file that hides a module of Python": (
        {"main.py": MAIN, "random.py": ""},
        "IMP004",
        "error",
        "random.py",
        (1, 1),
        "'random' of Python",
    ),
    "a folder that hides the framework": (
        {"main.py": MAIN, "fastapi/x.py": ""},
        "IMP004",
        "error",
        "fastapi",
        (1, 1),
        "of the framework",
    ),
    "no app": (
        {"main.py": "from fastapi import FastAPI\napi = FastAPI()\n"},
        "ENT001",
        "error",
        "main.py",
        (1, 1),
        "api",
    ),
    "no main.py": ({"server.py": MAIN}, "ENT002", "error", "main.py", (1, 1), "only: server.py"),
    "a server of its own": (
        {"main.py": "import uvicorn\n" + MAIN + "uvicorn.run(app)\n"},
        "ENT003",
        "error",
        "main.py",
        (4, 1),
        "uvicorn.run()",
    ),
}


async def validate(rig: Rig, files: dict[str, str | bytes]) -> list[dict[str, Any]]:
    return (await rig.client.call("validate", digest=await rig.put(files)))["findings"]


@pytest.mark.parametrize("title", FINDINGS)
async def test_finds(rig: Rig, title: str) -> None:
    files, code, severity, file, place, message = FINDINGS[title]
    findings = await validate(rig, files)
    assert [finding["code"] for finding in findings] == [code]
    finding = findings[0]
    assert (finding["severity"], finding["file"]) == (severity, file)
    assert (finding["start"]["line"], finding["start"]["column"]) == place
    assert message in finding["message"]
    assert (finding["end"]["line"], finding["end"]["column"]) >= place


@pytest.mark.parametrize("case", GOOD)
async def test_finds_nothing_in_an_app_that_runs(rig: Rig, case: str) -> None:
    assert await validate(rig, read_case(case)) == []


GUARDED = """\
from typing import TYPE_CHECKING

from fastapi import FastAPI

try:
    import orjson
except ImportError:
    orjson = None
if TYPE_CHECKING:
    import pandas
app = FastAPI()
if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app)
"""


async def test_guarded_imports_are_no_findings(rig: Rig) -> None:
    assert await validate(rig, {"main.py": GUARDED}) == []


async def test_tells_everything_at_once_with_errors_first(rig: Rig) -> None:
    files: dict[str, str | bytes] = {
        "main.py": "import pandas\nx = '\\d'\n",
        "a.py": "def f(:\n",
        "b.py": b"\0",
    }
    codes = [finding["code"] for finding in await validate(rig, files)]
    assert sorted(codes[:4]) == ["ENT001", "IMP001", "PY001", "SRC001"]
    assert codes[4:] == ["PY010"]


async def test_a_file_that_kills_the_checker_is_a_finding_and_the_others_are_checked(rig: Rig) -> None:
    # Folding this constant takes CPython longer than the checker may have.
    files: dict[str, str | bytes] = {"main.py": MAIN, "heavy.py": heavy(), "z.py": "def f(:\n"}
    found = {finding["code"]: finding["file"] for finding in await validate(rig, files)}
    assert found == {"RES001": "heavy.py", "PY001": "z.py"}


def heavy() -> str:
    return "x = [\n" + "f'{a!r:{b}}' 'c',\n" * 200_000 + "]\n"
