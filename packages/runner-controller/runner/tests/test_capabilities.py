"""Advice about capabilities: found under any name, never in text, never an error."""

from __future__ import annotations

import pytest
from rig import Rig
from verdicts import MAIN, validate

pytestmark = pytest.mark.anyio

# One line of code: the code of its advice, or none.
LINES = {
    "import subprocess; subprocess.run(['ls'])": "CAP001",
    "import subprocess as s; s.run(['ls'])": "CAP001",
    "from subprocess import run as r; r(['ls'])": "CAP001",
    "import os; os.system('ls')": "CAP001",
    "import os; os.execv('/bin/ls', [])": "CAP001",
    "import os as q; q.popen('ls')": "CAP001",
    "from os import system as s; s('ls')": "CAP001",
    "import os; q = os; q.system('ls')": "CAP001",
    "import os; getattr(os, 'sys' + 'tem')('ls')": "CAP001",
    "import os; vars(os)['system']('ls')": "CAP001",
    "import os; os.__dict__['system']('ls')": "CAP001",
    "import uuid; uuid.os.system('ls')": "CAP001",
    "import random; random._os.system('ls')": "CAP001",
    "from os.path import os; os.fork()": "CAP001",
    "import posix; posix.system('ls')": "CAP001",
    "import asyncio; asyncio.create_subprocess_exec('ls')": "CAP001",
    "import asyncio; asyncio.get_event_loop().subprocess_exec(None, 'ls')": "CAP001",
    "import multiprocessing as m; m.Process()": "CAP001",
    "eval('1')": "CAP002",
    "e = eval; e('1')": "CAP002",
    "(eval)('1')": "CAP002",
    "list(map(eval, ['1']))": "CAP002",
    "import enum; enum.bltns.eval('1')": "CAP002",
    "import builtins; builtins.exec('1')": "CAP002",
    "\uff45val('1')": "CAP002",
    "x = ().__class__.__base__.__subclasses__()": "CAP003",
    "import typing; typing.sys._getframe()": "CAP003",
    "import hashlib; hashlib.__builtins__": "CAP003",
    "breakpoint()": "CAP003",
    "import ctypes; ctypes.CDLL(None)": "CAP004",
    "import os; os._exit(1)": "CAP005",
    "import asyncio; asyncio.start_server(print)": "CAP006",
    "import os; os.environ['A']": "CAP007",
    "from os import getenv; getenv('A')": "CAP007",
    "import importlib; importlib.import_module('json')": "CAP008",
    "__import__('json')": "CAP008",
    "import socket; socket.create_connection(('a', 1))": "CAP009",
    "import re; re.compile('eval')": "",
    "class S:\n    def exec(self): ...\n    def eval(self): ...\ns = S(); s.exec(); s.eval()": "",
    "def compile(): ...\ncompile()": "",
    "import os; os.path.join('a', 'b'); os.getcwd()": "",
    "x = 'os.system(eval(subprocess.run))'": "",
    "# subprocess.run, os.system, eval, __subclasses__": "",
    '"""exec("import ctypes")"""': "",
    "from pathlib import Path; Path('a').open": "",
    "import sys; sys.argv; sys.version": "",
}


@pytest.mark.parametrize("line", LINES)
async def test_advises(rig: Rig, line: str) -> None:
    findings = await validate(rig, {"main.py": MAIN + line + "\n"})
    advice = [finding for finding in findings if finding["source"] == "capabilities"]
    assert {finding["code"] for finding in advice} == ({LINES[line]} if LINES[line] else set())
    assert all(finding["severity"] in ("warning", "info") for finding in advice)
    assert all(finding["start"]["line"] >= 3 and finding["file"] == "main.py" for finding in advice)


async def test_advises_once_per_file_and_name_at_the_first_place(rig: Rig) -> None:
    text = MAIN + "import os\nA = os.environ['A']\nB = os.environ.get('B')\nos.system('a')\nos.system('b')\n"
    findings = await validate(rig, {"main.py": text, "part.py": text})
    advice = [(found["code"], found["file"], found["start"]["line"]) for found in findings if "CAP" in found["code"]]
    assert sorted(advice) == [
        ("CAP001", "main.py", 6),
        ("CAP001", "part.py", 6),
        ("CAP007", "main.py", 4),
        ("CAP007", "part.py", 4),
    ]


RUFF = {
    "async def f():\n    import time\n    time.sleep(1)\n": ("RUF-ASYNC251", "warning", 5),
    "def f(items=[]):\n    return items\n": ("RUF-B006", "warning", 3),
    "def f():\n    return nowhere\n": ("RUF-F821", "warning", 4),
    "import json\n": ("RUF-F401", "hint", 3),
    "@app.get('/{a}')\ndef f(): ...\n": ("RUF-FAST003", "warning", 3),
}


@pytest.mark.parametrize("text", RUFF)
async def test_ruffs_advice_is_a_finding(rig: Rig, text: str) -> None:
    code, severity, line = RUFF[text]
    findings = await validate(rig, {"main.py": MAIN + text})
    assert [(found["code"], found["severity"], found["start"]["line"]) for found in findings] == [
        (code, severity, line)
    ]


async def test_ruffs_columns_are_code_points(rig: Rig) -> None:
    findings = await validate(rig, {"main.py": MAIN + "x = '\u00e9\U0001f600'; y = nowhere\n"})
    assert [(found["start"]["column"], found["end"]["column"]) for found in findings] == [(15, 22)]


async def test_ruff_is_silent_about_a_file_that_cpython_refuses_and_ignores_settings(rig: Rig) -> None:
    files = {"main.py": MAIN, "broken.py": "import os\ndef f(:\n", "ruff.toml": "lint.select = ['ALL']\n"}
    assert [finding["code"] for finding in await validate(rig, files)] == ["PY001"]
