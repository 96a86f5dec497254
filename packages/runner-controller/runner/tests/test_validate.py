from __future__ import annotations

import pytest
from rig import APPS, Rig, read_case
from verdicts import MAIN, Case, cut_out, expect, validate, without_advice

pytestmark = pytest.mark.anyio
GOOD = [
    path.name for path in sorted(APPS.iterdir()) if path.is_dir() and not path.name.startswith(("fail_", "test_broken"))
]

FINDINGS: dict[str, Case] = {
    "a missing module": Case(
        {"main.py": "import pandas\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 8),
        "No module named 'pandas'",
    ),
    "a module whose package is called otherwise": Case(
        {"main.py": "from sklearn.svm import SVC\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 6),
        "No module named 'sklearn.svm'",
    ),
    "a module of Python that this system has not": Case(
        {"main.py": "import winreg\n" + MAIN},
        "IMP001",
        "error",
        "main.py",
        (1, 8),
        "'winreg'",
    ),
    "a module that an installed package has not": Case(
        {"main.py": "from fastapi.middlewares import cors\n" + MAIN},
        "IMP005",
        "warning",
        "main.py",
        (1, 6),
        "'fastapi.middlewares'",
    ),
    "a missing module behind many constants": Case(
        {"main.py": MAIN + "".join(f"x{number} = {number}.5\n" for number in range(300)) + "import pandas\n"},
        "IMP001",
        "error",
        "main.py",
        (303, 8),
        "'pandas'",
    ),
    "a module missing in a function": Case(
        {"main.py": MAIN + "def f():\n    import pandas\n"},
        "IMP001",
        "warning",
        "main.py",
        (4, 12),
        "pandas",
    ),
    "a module missing in a file that nothing imports": Case(
        {"main.py": MAIN, "script.py": "import pandas\n"},
        "IMP001",
        "warning",
        "script.py",
        (1, 8),
        "pandas",
    ),
    "a missing file of the project": Case(
        {"main.py": MAIN + "from parts import a\nimport parts.b\n", "parts/a.py": ""},
        "IMP001",
        "error",
        "main.py",
        (4, 8),
        "There is no parts/b.py.",
    ),
    "a relative import in no package": Case(
        {"main.py": MAIN + "from .core import x\n", "core.py": "x = 1"},
        "IMP002",
        "error",
        "main.py",
        (3, 6),
        "no package",
    ),
    "a file that hides a module of Python": Case(
        {"main.py": MAIN, "random.py": ""},
        "IMP004",
        "error",
        "random.py",
        (1, 1),
        "'random' of Python",
    ),
    "a file with the name of a built-in module": Case(
        {"main.py": MAIN, "posix.py": ""},
        "IMP004",
        "error",
        "posix.py",
        (1, 1),
        "always wins",
    ),
    "a file with the name of a frozen module": Case(
        {"main.py": MAIN, "runpy.py": ""},
        "IMP004",
        "error",
        "runpy.py",
        (1, 1),
        "always wins",
    ),
    "a file that hides the framework": Case(
        {"main.py": MAIN, "fastapi.py": ""},
        "IMP004",
        "error",
        "fastapi.py",
        (1, 1),
        "'fastapi' of the framework",
    ),
    "a file that hides an installed package": Case(
        {"main.py": MAIN, "jwt.py": ""},
        "IMP004",
        "warning",
        "jwt.py",
        (1, 1),
        "installed package 'jwt'",
    ),
    "a folder that hides the framework": Case(
        {"main.py": MAIN, "fastapi/x.py": ""},
        "IMP004",
        "error",
        "fastapi",
        (1, 1),
        "of the framework",
    ),
}


@pytest.mark.parametrize("title", FINDINGS)
async def test_finds(rig: Rig, title: str) -> None:
    await expect(rig, FINDINGS[title])


# What is marked of an import that cannot be: the module, as it is written there.
MARKED = {
    "import pandas": "pandas",
    "import json, pandas as pd": "pandas",
    "import pandas.core as core": "pandas.core",
    "from pandas import (\n    DataFrame,\n)": "pandas",
    "from .core import x": ".core",
    "x = 'ä'; from pandas import y": "pandas",
    "import pandas . core": "pandas . core",
    "from \\\n    pandas import x": "from \\\n    pandas import x",
}


@pytest.mark.parametrize("statement", MARKED)
async def test_an_import_is_marked_at_its_module(rig: Rig, statement: str) -> None:
    text = MAIN + statement + "\n"
    findings = without_advice(await validate(rig, {"main.py": text}))
    assert [cut_out(text, finding) for finding in findings] == [MARKED[statement]]


@pytest.mark.parametrize("case", GOOD)
async def test_finds_nothing_in_an_app_that_runs(rig: Rig, case: str) -> None:
    assert without_advice(await validate(rig, read_case(case))) == []


async def test_a_folder_takes_its_name_from_no_folder_that_merely_lies_somewhere(rig: Rig) -> None:
    folders = ["lib", "bin", "etc", "usr", "tmp", "opt", "home", "src", "core", "utils", "services", "db"]
    main = "".join(f"import {name}.part\n" for name in folders) + MAIN
    files = {"main.py": main} | {f"{name}/part.py": "" for name in folders}
    assert without_advice(await validate(rig, files)) == []


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
