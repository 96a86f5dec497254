"""Files that are made to break the checker."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest
from rig import Rig
from verdicts import ENDLESS, MAIN, validate, without_advice

from fapi_runner.agent.checking.revision import CHECKERS_LIMIT, DEADLINE_S
from fapi_runner.validate.verdict import FILE_LIMIT_S

pytestmark = pytest.mark.anyio

# Each is larger or deeper than anything a person writes; the verdict comes, or the death of the checker is the verdict.
SHAPES = {
    "minus": "x = " + "-" * 50_000 + "1",
    "not": "x = " + "not " * 20_000 + "1",
    "calls": "x = f" + "()" * 10_000,
    "attributes": "x = f" + ".a" * 10_000,
    "items": "x = f" + "[0]" * 10_000,
    "elif": "if a: b\n" + "elif a: b\n" * 7_000,
    "sum": "x = " + "+".join(["1"] * 20_000),
    "power": "x = " + "**".join(["9"] * 5_000),
    "lambda": "x = " + "lambda: " * 20_000 + "1",
    "brackets": "x = " + "[" * 20_000 + "]" * 20_000,
    "open brackets": "(" * 100_000,
    "ifs in one": "x = " + "1 if 1 else " * 20_000 + "1",
    "comprehensions": "x = " + "[" * 90 + "x" + " for x in y]" * 90,
    "indentation": "".join(" " * depth + "if 1:\n" for depth in range(99)) + " " * 99 + "pass",
    "semicolons": "x;" * 50_000,
    "decorators": "@a\n" * 10_000 + "def f(): pass",
    "f-strings": "f'{a}'" * 10_000,
    "an f-string of f-strings": "f'{" * 20 + "x" + "}'" * 20,
    "a constant": "x = '" + "a" * 1_000_000 + "'",
    "a number": "x = " + "9" * 100_000,
    "names": "x = " + ",".join(f"a{number}" for number in range(30_000)),
    "a line": "x = [" + "1," * 100_000 + "]",
    "lines": "\n" * 1_000_000,
    "globals": "def f():\n global " + ",".join(f"a{number}" for number in range(20_000)),
    "imports": "\n".join(f"import a{number}" for number in range(5_000)),
    "escapes": "x = '\\d'\n" * 20_000,
    "finally": "".join(f"{' ' * n}try:\n{' ' * n} a\n{' ' * n}finally:\n" for n in range(14)) + " " * 14 + "pass",
    "nothing but quotes": '"' * 100_001,
    "form feeds": "\f" * 100_000 + "x = 1",
    "backslashes": "\\\n" * 50_000,
    "many tokens behind a wide letter": "\uff58 = [" + "1," * 300_000 + "]",
    "unicode names": "x = '" + "\\N{BULLET}" * 20_000 + "'",
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_hostile_file_gets_cpythons_verdict_and_the_others_theirs(rig: Rig, shape: str) -> None:
    findings = without_advice(await validate(rig, {"main.py": MAIN, "hostile.py": SHAPES[shape], "z.py": "def f(:\n"}))
    errors = [finding for finding in findings if finding["severity"] == "error"]
    assert [finding["code"] for finding in errors if finding["file"] == "z.py"] == ["PY001"]
    assert {finding["file"] for finding in errors} <= {"z.py", "hostile.py"}
    own = [finding for finding in errors if finding["file"] == "hostile.py"]
    codes = [finding["code"] for finding in own]
    match judge(SHAPES[shape]):
        case "fine":
            assert codes == []
        case "too deep":
            assert codes == ["PY002"]
        case "deadly":
            assert codes == ["RES001"]
        case [message, line]:
            assert [(finding["message"], finding["start"]["line"]) for finding in own] == [(message, line)]


JUDGE = """
import json, sys
try:
    compile(sys.stdin.read(), "hostile.py", "exec")
    print(json.dumps("fine"))
except SyntaxError as error:
    print(json.dumps([error.msg, error.lineno]))
except (RecursionError, MemoryError):
    print(json.dumps("too deep"))
"""


def judge(text: str) -> Any:
    """Return CPython's own verdict, from a process of its own: there is a text for each version that ends it."""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", JUDGE], input=text, capture_output=True, text=True)
    return "deadly" if told.returncode < 0 else json.loads(told.stdout)


async def test_a_file_that_stalls_the_checker_is_a_finding_and_the_others_are_checked(rig: Rig) -> None:
    findings = await validate(rig, {"main.py": MAIN, "endless.py": ENDLESS, "z.py": "def f(:\n"})
    assert {finding["code"]: finding["file"] for finding in findings} == {"RES001": "endless.py", "PY001": "z.py"}
    assert "more time than" in next(finding["message"] for finding in findings if finding["code"] == "RES001")


@pytest.mark.slow
async def test_many_that_stall_it_end_the_check_and_that_is_said(rig: Rig) -> None:
    # One more than all checkers together can be stalled by before time is up.
    count = CHECKERS_LIMIT * math.ceil(DEADLINE_S / FILE_LIMIT_S) + 1
    stalling = {f"endless{number}.py": ENDLESS for number in range(count)}
    codes = [finding["code"] for finding in without_advice(await validate(rig, {"main.py": MAIN, **stalling}))]
    assert set(codes) == {"RES001", "RES002"}
    assert codes.count("RES002") == 1
