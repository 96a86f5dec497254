"""What is wrong with main.py as the place where the app is looked for."""

from __future__ import annotations

import pytest
from rig import Rig
from verdicts import MAIN, Case, expect

pytestmark = pytest.mark.anyio

FINDINGS: dict[str, Case] = {
    "no app": Case(
        {"main.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"},
        "ENT001",
        "error",
        "main.py",
        (1, 1),
        "found no app in it",
    ),
    "an app of another name": Case(
        {"main.py": "import fastapi as f\napi = f.FastAPI()\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "found api = FastAPI(...)",
    ),
    "several apps": Case(
        {"main.py": "from fastapi import FastAPI as F\npublic = F()\nadmin: F = F()\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "2 apps and none of them is named 'app'",
    ),
    "an app inside of a function": Case(
        {"main.py": "from fastapi import FastAPI\ndef start():\n    app = FastAPI()\n    return app\n"},
        "ENT001",
        "error",
        "main.py",
        (3, 5),
        "only inside start()",
    ),
    "an app that is deleted": Case(
        {"main.py": MAIN + "other = app\ndel app\n"},
        "ENT001",
        "error",
        "main.py",
        (2, 1),
        "found app = FastAPI(...)",
    ),
    "an app that is made twice": Case(
        {"main.py": MAIN + "app = FastAPI()\n"},
        "ENT004",
        "warning",
        "main.py",
        (3, 1),
        "created again",
    ),
    "no main.py": Case({"server.py": MAIN}, "ENT002", "error", "main.py", (1, 1), "only: server.py"),
    "a server under another name": Case(
        {"main.py": "from uvicorn import run as go\n" + MAIN + "go(app)\n"},
        "ENT003",
        "error",
        "main.py",
        (4, 1),
        "uvicorn.run()",
    ),
    "a server of its own": Case(
        {"main.py": "import uvicorn\n" + MAIN + "uvicorn.run(app)\n"},
        "ENT003",
        "error",
        "main.py",
        (4, 1),
        "uvicorn.run()",
    ),
}


@pytest.mark.parametrize("title", FINDINGS)
async def test_finds(rig: Rig, title: str) -> None:
    await expect(rig, FINDINGS[title])
