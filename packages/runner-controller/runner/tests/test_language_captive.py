"""A language server in the hands of a text: what it hears, and what it does to others."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import make_state
from client import Json
from editors import CAPABILITIES, ROOT, Editor, RpcRefused, list_servers
from layers import make_layer
from rig import Rig, delete_state, is_alive, until
from test_language import MAIN
from test_language_hostile import lives

pytestmark = pytest.mark.anyio
SERVER = (Path(__file__).parent / "takeovers" / "server.py").read_text()


@pytest.fixture
async def captive(anyio_backend: str) -> AsyncIterator[Rig]:
    """An agent whose `ty` runs the file `server` of the project."""
    folder = Path(tempfile.mkdtemp(prefix="fapi-python-"))
    python = make_layer(folder / "layer", {})
    Path(python).with_name("ty").symlink_to(Path(python).resolve())
    state = make_state()
    rig = await Rig.start(state, python=python)
    yield rig
    await rig.close()
    delete_state(state)
    shutil.rmtree(folder)


async def open_captive(rig: Rig, mode: str) -> Editor:
    return await Editor.open(rig, {"main.py": MAIN, "server": SERVER, "mode": mode, "check": "print('[]')"})


async def test_a_server_that_floods_is_ended(captive: Rig) -> None:
    editor = await open_captive(captive, "flood")
    servers = list_servers(captive)
    with pytest.raises(RpcRefused) as refused:
        await editor.at("hover", "main.py", 0, 0)
    assert refused.value.code == -32002
    await until(lambda: not any(is_alive(pid) for pid, name in servers.items() if name == "ty"))
    assert await lives(editor)
    await editor.close()


async def begin_captive(rig: Rig) -> tuple[Editor, list[str]]:
    """Open a session and introduce nobody; returns what its server is told by itself."""
    editor = await Editor.connect(rig)
    digest = await rig.put({"main.py": MAIN, "server": SERVER, "mode": "tell"})
    await editor.client.call("language", appId="app", digest=digest)
    told: list[str] = []
    try:
        async with asyncio.timeout(20):
            while "textDocument/diagnostic" not in told:
                with contextlib.suppress(RpcRefused):  # it is being started
                    told = [method for method, _ in await list_told(editor)]
    except TimeoutError:
        await editor.close()
        raise
    return editor, told


async def list_told(editor: Editor) -> list[tuple[str, Json]]:
    told = (await editor.at("hover", "main.py", 0, 0))["contents"]
    return [(method, params) for method, params in told if method != "textDocument/hover"]


async def test_servers_look_at_the_app_while_their_editor_is_on_its_way(captive: Rig) -> None:
    await (await open_captive(captive, "tell")).close()
    editor, told = await begin_captive(captive)
    assert told == ["initialize", "initialized", "textDocument/didOpen", "textDocument/diagnostic"]
    await editor.request("initialize", capabilities=CAPABILITIES)
    editor.open_text("main.py", "x = 1\n")
    closed, opened = (await list_told(editor))[len(told) :][:2]
    assert (closed[0], opened[0]) == ("textDocument/didClose", "textDocument/didOpen")
    assert opened[1]["textDocument"]["text"] == "x = 1\n"
    await editor.close()


async def test_a_server_that_ends_before_its_editor_is_there_has_one_after_it_that_looks_as_well(captive: Rig) -> None:
    await (await open_captive(captive, "tell")).close()
    editor, told = await begin_captive(captive)
    first = next(pid for pid, name in list_servers(captive).items() if name == "ty")
    os.kill(first, signal.SIGKILL)
    await until(lambda: not is_alive(first))

    async def looks() -> bool:
        with contextlib.suppress(RpcRefused):  # it is being started
            return [method for method, _ in await list_told(editor)] == told
        return False

    await until(looks, timeout=20)
    await editor.close()


async def test_an_editor_of_another_kind_than_the_one_before_has_servers_of_its_own(captive: Rig) -> None:
    await (await open_captive(captive, "tell")).close()
    editor, _ = await begin_captive(captive)
    other = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
    await editor.request("initialize", capabilities=other)
    told = await list_told(editor)
    assert [method for method, _ in told].count("initialize") == 1
    assert told[0][1]["capabilities"]["textDocument"]["hover"] == other["textDocument"]["hover"]
    assert list(list_servers(captive).values()).count("ty") == 1
    await editor.close()


async def test_a_server_that_cannot_begin_is_given_up(captive: Rig) -> None:
    for mode in ("garbage", "endless header"):
        editor = await Editor.connect(captive)
        digest = await captive.put({"main.py": MAIN, "server": SERVER, "mode": mode})
        await editor.client.call("language", appId="app", digest=digest)
        asked = asyncio.create_task(editor.request("initialize", capabilities={}))
        assert (await asyncio.wait_for(editor.end, 60) or {})["code"] == "language_unavailable"
        asked.cancel()
        await editor.close()


async def test_what_a_server_answers_is_read_with_care(captive: Rig) -> None:
    editor = await open_captive(captive, "huge")
    with pytest.raises(RpcRefused) as refused:
        await editor.at("hover", "main.py", 0, 0)
    assert refused.value.code == -32603
    await editor.close()
    editor = await open_captive(captive, "odd")
    with pytest.raises(RpcRefused) as refused:
        await editor.at("hover", "main.py", 0, 0)
    assert refused.value.code == -32002
    assert await lives(editor)
    await editor.close()


async def test_links_that_a_server_leaves_lead_nowhere(captive: Rig) -> None:
    editor = await open_captive(captive, "links")
    told = await editor.at("definition", "main.py", 0, 0)
    assert [each["uri"] for each in told] == ["file:///library/typeshed/stdlib/builtins.pyi", ROOT + "main.py"]
    for path in ("builtins.pyi", "etc/passwd.pyi", "pipe.pyi", "etc"):
        with pytest.raises(RpcRefused):
            await editor.read(f"file:///library/typeshed/stdlib/{path}")
    assert await lives(editor)
    await editor.close()
