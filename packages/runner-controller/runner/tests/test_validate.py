from __future__ import annotations

from typing import Any

import pytest
from rig import APPS, Rig, read_case

pytestmark = pytest.mark.anyio
MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"
GOOD = [
    path.name for path in sorted(APPS.iterdir()) if path.is_dir() and not path.name.startswith(("fail_", "test_broken"))
]

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
    "half of a surrogate pair": (
        {"main.py": MAIN, "s.py": b"a = '\xed\xa0\x80'\n"},
        "SRC002",
        "error",
        "s.py",
        (1, 6),
        "surrogate",
    ),
    "an encoding in the second line": (
        {"main.py": MAIN, "c.py": b"#!/usr/bin/env python\n# coding: latin-1\n"},
        "SRC003",
        "error",
        "c.py",
        (2, 1),
        "latin-1",
    ),
    "a bidi control": ({"main.py": MAIN + "# \u202e\n"}, "SRC005", "warning", "main.py", (3, 3), "direction"),
    "a bad name": ({"main.py": MAIN, "a b.txt": ""}, "SRC006", "error", "a b.txt", (1, 1), "allowed name"),
    "a twin by case": ({"main.py": MAIN, "Main.py": ""}, "SRC008", "error", "main.py", (1, 1), "only in case"),
    "folders that are twins by case": (
        {"main.py": MAIN, "Models/a.py": "", "models/b.py": ""},
        "SRC008",
        "error",
        "models/b.py",
        (1, 1),
        "'models' and 'Models'",
    ),
    "a hidden name": ({"main.py": MAIN, ".env": "A=1"}, "SRC006", "error", ".env", (1, 1), "starting with a dot"),
    "a path too deep": (
        {"main.py": MAIN, "a/b/c/d/e/f/g/h/i.txt": ""},
        "SRC007",
        "error",
        "a/b/c/d/e/f/g/h/i.txt",
        (1, 1),
        "9 deep",
    ),
    "a module that cannot be named": (
        {"main.py": MAIN, "my-parts/a.py": ""},
        "IMP006",
        "info",
        "my-parts/a.py",
        (1, 1),
        "'my-parts' is no name",
    ),
    "a file that a package hides": (
        {"main.py": MAIN, "models.py": "", "models/__init__.py": ""},
        "IMP007",
        "warning",
        "models.py",
        (1, 1),
        "'models/__init__.py' goes before it",
    ),
    "an error behind characters of many bytes": (
        {"main.py": MAIN + "'éé'; return 1\n"},
        "PY001",
        "error",
        "main.py",
        (3, 7),
        "'return' outside function",
    ),
    "a constant that is compared by identity": (
        {"main.py": MAIN + "x = app is 'app'\n"},
        "PY010",
        "warning",
        "main.py",
        (3, 1),
        '"is" with a literal',
    ),
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
    "a module whose package is called otherwise": (
        {"main.py": "from sklearn.svm import SVC\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 1),
        "No module named 'sklearn.svm'",
    ),
    "a module of Python that this system has not": (
        {"main.py": "import winreg\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 1),
        "'winreg'",
    ),
    "a module that an installed package has not": (
        {"main.py": "from fastapi.middlewares import cors\n" + MAIN},
        "IMP005",
        "warning",
        "main.py",
        (1, 1),
        "'fastapi.middlewares'",
    ),
    "a missing module behind many constants": (
        {"main.py": MAIN + "".join(f"x{number} = {number}.5\n" for number in range(300)) + "import pandas\n"},
        "IMP001",
        "error",
        "main.py",
        (303, 1),
        "'pandas'",
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
    "a file with the name of a built-in module": (
        {"main.py": MAIN, "posix.py": ""},
        "IMP004",
        "error",
        "posix.py",
        (1, 1),
        "always goes before it",
    ),
    "a file with the name of a frozen module": (
        {"main.py": MAIN, "runpy.py": ""},
        "IMP004",
        "error",
        "runpy.py",
        (1, 1),
        "always goes before it",
    ),
    "a file that hides the framework": (
        {"main.py": MAIN, "fastapi.py": ""},
        "IMP004",
        "error",
        "fastapi.py",
        (1, 1),
        "'fastapi' of the framework",
    ),
    "a file that hides an installed package": (
        {"main.py": MAIN, "jwt.py": ""},
        "IMP004",
        "warning",
        "jwt.py",
        (1, 1),
        "installed package 'jwt'",
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
        {"main.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"},
        "ENT001",
        "error",
        "main.py",
        (1, 1),
        "found no app in it",
    ),
    "an app of another name": (
        {"main.py": "import fastapi as f\napi = f.FastAPI()\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "found api = FastAPI(...)",
    ),
    "several apps": (
        {"main.py": "from fastapi import FastAPI as F\npublic = F()\nadmin: F = F()\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "2 apps and none of them is named 'app'",
    ),
    "an app inside of a function": (
        {"main.py": "from fastapi import FastAPI\ndef start():\n    app = FastAPI()\n    return app\n"},
        "ENT001",
        "error",
        "main.py",
        (3, 5),
        "only inside of start()",
    ),
    "an app that is deleted": (
        {"main.py": MAIN + "other = app\ndel app\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "found app = FastAPI(...)",
    ),
    "an app that is made twice": (
        {"main.py": MAIN + "app = FastAPI()\n"},
        "ENT004",
        "warning",
        "main.py",
        (3, 1),
        "second time",
    ),
    "no main.py": ({"server.py": MAIN}, "ENT002", "error", "main.py", (1, 1), "only: server.py"),
    "a server under another name": (
        {"main.py": "from uvicorn import run as go\n" + MAIN + "go(app)\n"},
        "ENT003",
        "error",
        "main.py",
        (4, 1),
        "uvicorn.run()",
    ),
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


def without_advice(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["source"] not in ("ruff", "capabilities")]


@pytest.mark.parametrize("title", FINDINGS)
async def test_finds(rig: Rig, title: str) -> None:
    files, code, severity, file, place, message = FINDINGS[title]
    findings = without_advice(await validate(rig, files))
    assert [finding["code"] for finding in findings] == [code]
    finding = findings[0]
    assert (finding["severity"], finding["file"]) == (severity, file)
    assert (finding["start"]["line"], finding["start"]["column"]) == place
    assert message in finding["message"]
    assert (finding["end"]["line"], finding["end"]["column"]) >= place


@pytest.mark.parametrize("case", GOOD)
async def test_finds_nothing_in_an_app_that_runs(rig: Rig, case: str) -> None:
    assert without_advice(await validate(rig, read_case(case))) == []


GUARDED = """\
from contextlib import suppress
from typing import TYPE_CHECKING

from fastapi import FastAPI

try:
    import orjson
except ImportError:
    orjson = None
with suppress(ImportError):
    import polars
if TYPE_CHECKING:
    import pandas
app = FastAPI()
if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app)
"""


async def test_guarded_imports_are_no_findings(rig: Rig) -> None:
    assert without_advice(await validate(rig, {"main.py": GUARDED})) == []


async def test_a_byte_order_mark_is_no_error(rig: Rig) -> None:
    assert (
        await validate(rig, {"main.py": b"\xef\xbb\xbf" + MAIN.encode(), "a.py": b"\xef\xbb\xbf# coding: utf_8\n"})
        == []
    )


async def test_tells_everything_at_once_with_errors_first(rig: Rig) -> None:
    files: dict[str, str | bytes] = {
        "main.py": "import pandas\nx = '\\d'\n",
        "a.py": "def f(:\n",
        "b.py": b"\0",
    }
    findings = await validate(rig, files)
    codes = [finding["code"] for finding in findings]
    assert sorted(codes[:4]) == ["ENT001", "IMP001", "PY001", "SRC001"]
    assert codes[4:] == ["PY010", "RUF-F401"]
    ranks = [("error", "warning", "info", "hint").index(finding["severity"]) for finding in findings]
    assert ranks == sorted(ranks)


async def test_tells_a_hundred_at_most_and_how_many_more(rig: Rig) -> None:
    parts: dict[str, str | bytes] = {f"part{number}.py": "def f(:\n" for number in range(150)}
    findings = await validate(rig, {"main.py": MAIN, **parts})
    assert len(findings) == 100
    assert {finding["code"] for finding in findings[:-1]} == {"PY001"}
    assert (findings[-1]["code"], findings[-1]["severity"]) == ("LIM003", "error")
    assert findings[-1]["message"] == "51 more findings are not shown."


async def test_the_answer_is_bounded_whatever_the_names_are(rig: Rig) -> None:
    long = "\u4e2d" * 5_000
    main = MAIN + "".join(f"import {long}{number}\n{long}{number}\n" for number in range(60))
    findings = await validate(rig, {"main.py": main})
    assert findings[0]["code"] == "IMP001"
    assert max(len(finding["message"]) for finding in findings) <= 2000 + len(" ...")
