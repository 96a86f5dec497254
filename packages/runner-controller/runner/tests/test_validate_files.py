"""What is wrong with files as such: their syntax, their bytes, their names, their number."""

from __future__ import annotations

import pytest
from rig import Rig
from verdicts import MAIN, Case, expect, validate, without_advice

pytestmark = pytest.mark.anyio

FINDINGS: dict[str, Case] = {
    "a syntax error": Case(
        {"main.py": MAIN + "def f(:\n  pass\n"}, "PY001", "error", "main.py", (3, 7), "invalid syntax"
    ),
    "a column counted in characters": Case(
        {"main.py": MAIN + "é = 'ü' 'ü' )\n"},
        "PY001",
        "error",
        "main.py",
        (3, 13),
        "unmatched ')'",
    ),
    "an error of the compile stage": Case(
        {"main.py": MAIN + "return 1\n"},
        "PY001",
        "error",
        "main.py",
        (3, 1),
        "'return' outside function",
    ),
    "a bad escape": Case({"main.py": MAIN + "x = '\\d'\n"}, "PY010", "warning", "main.py", (3, 1), "invalid escape"),
    "nesting that Python cannot compile": Case(
        {"main.py": MAIN, "deep.py": "(" * 500 + ")" * 500},
        "PY001",
        "error",
        "deep.py",
        (1, 201),
        "too many nested",
    ),
    "an expression too deep": Case(
        {"main.py": MAIN, "deep.py": "x = " + "-" * 50_000 + "1"},
        "PY002",
        "error",
        "deep.py",
        (1, 1),
        "too deeply",
    ),
    "a NUL byte": Case({"main.py": MAIN, "nul.py": b"a = 1\n\0"}, "SRC001", "error", "nul.py", (2, 1), "NUL"),
    "bytes that are not UTF-8": Case(
        {"main.py": MAIN, "b.py": b"a = '\xff'\n"},
        "SRC002",
        "error",
        "b.py",
        (1, 6),
        "UTF-8",
    ),
    "another encoding": Case(
        {"main.py": MAIN, "c.py": b"# -*- coding: utf-7 -*-\n"},
        "SRC003",
        "error",
        "c.py",
        (1, 1),
        "utf-7",
    ),
    "a bare carriage return": Case(
        {"main.py": MAIN, "cr.py": b"# a\rimport os"},
        "SRC004",
        "error",
        "cr.py",
        (1, 4),
        "return",
    ),
    "half of a surrogate pair": Case(
        {"main.py": MAIN, "s.py": b"a = '\xed\xa0\x80'\n"},
        "SRC002",
        "error",
        "s.py",
        (1, 6),
        "surrogate",
    ),
    "an encoding in the second line": Case(
        {"main.py": MAIN, "c.py": b"#!/usr/bin/env python\n# coding: latin-1\n"},
        "SRC003",
        "error",
        "c.py",
        (2, 1),
        "latin-1",
    ),
    "a bidi control": Case({"main.py": MAIN + "# \u202e\n"}, "SRC005", "warning", "main.py", (3, 3), "direction"),
    "a bad name": Case({"main.py": MAIN, "a b.txt": ""}, "SRC006", "error", "a b.txt", (1, 1), "is not allowed"),
    "a twin by case": Case({"main.py": MAIN, "Main.py": ""}, "SRC008", "error", "main.py", (1, 1), "only in case"),
    "folders that are twins by case": Case(
        {"main.py": MAIN, "Models/a.py": "", "models/b.py": ""},
        "SRC008",
        "error",
        "models/b.py",
        (1, 1),
        "'models' and 'Models'",
    ),
    "a hidden name": Case(
        {"main.py": MAIN, ".env": "A=1"}, "SRC006", "error", ".env", (1, 1), "do not start with a dot"
    ),
    "a path too deep": Case(
        {"main.py": MAIN, "a/b/c/d/e/f/g/h/i.txt": ""},
        "SRC007",
        "error",
        "a/b/c/d/e/f/g/h/i.txt",
        (1, 1),
        "9 deep",
    ),
    "a module that cannot be named": Case(
        {"main.py": MAIN, "my-parts/a.py": ""},
        "IMP006",
        "info",
        "my-parts/a.py",
        (1, 1),
        "'my-parts' is not a valid name",
    ),
    "a file that a package hides": Case(
        {"main.py": MAIN, "models.py": "", "models/__init__.py": ""},
        "IMP007",
        "warning",
        "models.py",
        (1, 1),
        "'models/__init__.py' wins",
    ),
    "an error behind characters of many bytes": Case(
        {"main.py": MAIN + "'éé'; return 1\n"},
        "PY001",
        "error",
        "main.py",
        (3, 7),
        "'return' outside function",
    ),
    "a constant that is compared by identity": Case(
        {"main.py": MAIN + "x = app is 'app'\n"},
        "PY010",
        "warning",
        "main.py",
        (3, 1),
        '"is" with ',
    ),
    "a name that Python reads otherwise": Case(
        {"main.py": MAIN + "\uff45val = 1\n"},
        "SRC009",
        "warning",
        "main.py",
        (3, 1),
        "eval",
    ),
    "too many files": Case(
        {"main.py": MAIN} | {f"f{n}.txt": "" for n in range(200)}, "LIM001", "error", "", (1, 1), "201"
    ),
    "too many bytes": Case({"main.py": MAIN, "big.txt": b"x" * 5_000_001}, "LIM002", "error", "", (1, 1), "5000"),
}


NAMES = {
    "a module": ("import \uff4fs", 8),
    "what is taken of a module": ("from os import \uff53ystem", 16),
    "a module that is taken from": ("from \uff4fs import path", 6),
    "a function": ("def \uff45val(): ...", 5),
    "a class": ("class \uff21: ...", 7),
    "a keyword": ("dict(\uff58=1)", 6),
    "a parameter": ("def f(\uff58): ...", 7),
    "a name of an import": ("import os as \uff58", 14),
    "a name of an error": ("try: ...\nexcept OSError as \uff58: ...", 19),
    "a name of a context": ("with open('x') as \uff58: ...", 19),
    "a global": ("def f(): global \uff58", 17),
    "a nonlocal": ("def f(x):\n def g(): nonlocal \uff58", 20),
    "a capture": ("match 1:\n case \uff58: ...", 7),
    "the rest of a sequence": ("match 1:\n case [*\uff58]: ...", 9),
    "the rest of a mapping": ("match 1:\n case {**\uff58}: ...", 10),
    "an attribute of a pattern": ("match 1:\n case int(\uff58=1): ...", 11),
    "an attribute": ("print. \uff46", 8),
    "a name behind wide letters": ("'\U0001f600 \uff45'; \uff45val", 8),
    "a name of two letters for one": ("e\u0301t = 1", 1),
    "a field of a text": ("f'\uff45{{\uff45}} {\uff45val(1)}'", 11),
    "a field of the width of a field": ("f'{1:{\uff45val}}'", 7),
    "a field in many lines": ("rf'''\n {\n\uff45val}'''", 1),
}


@pytest.mark.parametrize("title", NAMES)
async def test_finds_a_name_that_python_reads_otherwise_wherever_it_is(rig: Rig, title: str) -> None:
    code, column = NAMES[title]
    place = (3 + code.count("\n"), column)
    await expect(rig, Case({"main.py": MAIN + code + "\n"}, "SRC009", "warning", "main.py", place, "Python reads"))


async def test_texts_and_comments_are_no_names(rig: Rig) -> None:
    code = "x = '\uff45val'  # \uff45val\n'''\n\uff45val'''\ny = f'\uff45val {x}'\n"
    assert without_advice(await validate(rig, {"main.py": MAIN + code})) == []


async def test_a_text_too_long_to_be_looked_through_has_no_names_in_it(rig: Rig) -> None:
    text = "\ufb01a " * 200_000
    assert without_advice(await validate(rig, {"main.py": MAIN + f"x = '{text}'\n"})) == []


@pytest.mark.parametrize("control", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069")
async def test_finds_every_character_that_turns_text_around(rig: Rig, control: str) -> None:
    case = Case({"main.py": MAIN + f"x = '{control}'\n"}, "SRC005", "warning", "main.py", (3, 6), "direction")
    await expect(rig, case)


@pytest.mark.parametrize("title", FINDINGS)
async def test_finds(rig: Rig, title: str) -> None:
    await expect(rig, FINDINGS[title])
