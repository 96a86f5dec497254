"""A text that has taken over what reads it, the compiler, ruff or ty, has gained nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import find_packages, list_kinds, make_home
from editors import Editor
from test_escapes import FILES, MACHINE, PROCESSES
from verdicts import MAIN, validate
from world import World, open_world

pytestmark = pytest.mark.anyio
TAKEOVERS = Path(__file__).parent / "takeovers"
# Which layer holds an attempt: any one of these is enough.
HELD_BY = {
    "environment": PROCESSES,
    "state": FILES,
    "app": FILES,
    "agent": {"seccomp"},
    "machine": MACHINE,
    "write": MACHINE,
    "code": FILES,
    "network": {"seccomp"},
    "signal": PROCESSES,
    "program": {"landlock"},
    "root": {"own-uid"},
    "limits": {"rlimits"},
}


@pytest.fixture(scope="module", params=list_kinds(), ids=str)
async def world(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[World]:
    """An agent whose compiler, ruff and ty are in the hands of a text."""
    home = make_home()
    if home is None:
        pytest.skip("there is no interpreter here that other users can reach")
    packages = find_packages(home)
    shutil.copy(TAKEOVERS / "compiler.py", packages / "compiler_takeover.py")
    (packages / "takeover.pth").write_text("import compiler_takeover\n")
    # It gets ruff's arguments, so it runs the file `check` of the project that it should look at.
    (home / "bin" / "ruff").symlink_to((home / "bin" / "python").resolve())
    # And this one runs the file `server`.
    (home / "bin" / "ty").symlink_to((home / "bin" / "python").resolve())
    async with open_world(request.param, "--blanks", "0", python=str(home / "bin" / "python")) as world:
        yield world


async def test_a_checker_executes_nothing(world: World) -> None:
    findings = await validate(world.rig, {"main.py": MAIN, "attack.py": "x = 1\n", "check": "print([])"})
    told = [finding["message"] for finding in findings if finding["file"] == "attack.py"]
    assert len(told) == 1
    assert told[0].startswith("refused: ")
    await world.check()


async def test_ruff_reaches_nothing_but_the_code(world: World) -> None:
    aims = {
        "agent": world.rig.ready["pid"],
        "state": str(world.rig.state),
        "folder": str(world.folder),
        "port": world.tcp.getsockname()[1],
    }
    check = (TAKEOVERS / "linter.py").read_bytes()
    findings = await validate(world.rig, {"main.py": MAIN, "check": check, "aims.json": json.dumps(aims)})
    told = json.loads(next(finding["message"] for finding in findings if finding["code"] == "RUF-X1"))
    assert told.keys() == HELD_BY.keys()
    held = {attempt for attempt, layers in HELD_BY.items() if world.layers & layers}
    assert {attempt: told[attempt] for attempt in held if not told[attempt].startswith("refused")} == {}
    await world.check()


async def test_a_language_server_reaches_nothing_but_its_session(world: World) -> None:
    aims = {
        "agent": world.rig.ready["pid"],
        "state": str(world.rig.state),
        "folder": str(world.folder),
        "port": world.tcp.getsockname()[1],
    }
    files: dict[str, str | bytes] = {"main.py": MAIN, "aims.json": json.dumps(aims), "mode": "attack"}
    files |= {"check": (TAKEOVERS / "linter.py").read_bytes(), "server": (TAKEOVERS / "server.py").read_bytes()}
    editor = await Editor.open(world.rig, files)
    told = await editor.at("hover", "main.py", 0, 0)
    assert told.keys() == HELD_BY.keys()
    held = {attempt for attempt, layers in HELD_BY.items() if world.layers & layers}
    assert {attempt: told[attempt] for attempt in held if not told[attempt].startswith("refused")} == {}
    await editor.close()
    await world.check()


async def test_what_it_says_is_read_with_care(world: World) -> None:
    lies = ["[" * 200_000, '[{"code": 1, "message": [2], "filename": "/x", "location": {"row": "a"}}]', "[1]", '["a"]']
    for lie in lies:
        findings = await validate(world.rig, {"main.py": MAIN, "check": f"print({lie!r})"})
        assert ["ended early" in finding["message"] for finding in findings] == [True], lie
