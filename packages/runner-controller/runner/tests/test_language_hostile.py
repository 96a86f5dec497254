"""An editor that says anything, and a language server in the hands of a text."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from client import Json
from conftest import make_state
from editors import CAPABILITIES, ROOT, Editor, RpcRefused, list_servers
from layers import make_layer
from rig import Rig, delete_state, is_alive, until
from test_language import MAIN

from fapi_runner.protocol import encode_frame

pytestmark = pytest.mark.anyio
HOVER = b'{"id": 1, "method": "textDocument/hover", "params": {"textDocument": {"uri": "%b"}}}'
OUTSIDE = ["../x.py", "a/../../x.py", "/tmp/x.py", "", ".", "a//b.py", "a\\..\\b.py", "a\0b", "x" * 300, "\ud800"]
SERVER = (Path(__file__).parent / "takeovers" / "server.py").read_text()


@pytest.fixture
async def editor(rig: Rig) -> AsyncIterator[Editor]:
    editor = await Editor.open(rig, {"main.py": MAIN})
    yield editor
    await editor.close()


async def lives(editor: Editor) -> bool:
    return await editor.read(ROOT + "main.py") == MAIN and not editor.end.done()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"null", -32600),
        (b'{"id": 1, "method": "initialize", "params": []}', -32600),
        (b'{"id": [1], "method": "textDocument/hover"}', -32600),
        (b'{"id": true, "method": "textDocument/hover"}', -32600),
        (b'{"id": 1, "method": "workspace/executeCommand"}', -32601),
        (b'{"id": 1, "method": "initialize", "params": {}}', -32600),
        (
            b'{"id": 1, "method": "textDocument/hover", "params": {"textDocument": {"uri": "file:///etc/passwd"}}}',
            -32602,
        ),
        (b'{"id": 1, "method": "textDocument/codeAction", "params": {}}', -32602),
        (b'{"id": 1, "method": "textDocument/hover", "params": ' + b'{"a":' * 90 + b"1" + b"}" * 91, -32602),
        (
            b'{"id": 1, "method": "textDocument/hover", "params": {"textDocument": {"uri": "file:///app/\\ud800"}}}',
            -32602,
        ),
        (b'{"id": 1, "method": "fapi/readFile", "params": {"uri": 7}}', -32602),
    ],
)
async def test_what_is_no_message_is_refused(editor: Editor, body: bytes, code: int) -> None:
    heard = len(editor.heard)
    editor.send(body)
    await until(lambda: len(editor.heard) > heard)
    assert json.loads(editor.heard[-1])["error"]["code"] == code
    assert await lives(editor)


@pytest.mark.parametrize(
    "uri",
    [
        "file:///app/../agent.json",
        "file:///app/%2e%2e/agent.json",
        "file:///app//main.py",
        "file:///app/./main.py",
        "file:///app",
        "file:///app/a%00b",
        "file:///app/a%5C..%5Cb",
        "file:///etc/passwd",
        "file:///library/",
        "file:///library/site-packages",
        "file:///library/site-packages/../python3.11/os.py",
        "file:///library/site-packages/ruff/__main__.pyc",
        "file:///library/nothing/os.py",
        "file:///library/typeshed/stdlib/builtins.pyi",
        "file:///library/typeshed",
        "http://localhost/",
        "FILE:///app/main.py",
        "",
        "/etc/passwd",
    ],
)
async def test_what_is_outside_cannot_be_read(editor: Editor, uri: str) -> None:
    with pytest.raises(RpcRefused) as refused:
        await editor.read(uri)
    assert refused.value.code == -32602
    assert await lives(editor)


async def test_nothing_is_written_outside(rig: Rig, editor: Editor) -> None:
    before = sorted(path for path in rig.state.rglob("*") if "children" not in path.parts)
    for path in (
        "../x.py",
        "a/../../x.py",
        "/tmp/x.py",
        "",
        ".",
        "a//b.py",
        "a\\..\\b.py",
        "a\0b",
        "x" * 300,
        "\ud800",
    ):
        editor.notify("fapi/didChangeFiles", put=[{"path": "y.py", "text": ""}, {"path": path, "text": "x"}], delete=[])
        editor.notify("fapi/didChangeFiles", put=[], delete=["main.py", path])
    for params in ({"put": 1}, {"put": [1]}, {"put": [{"path": 1, "text": 2}]}, {"delete": "main.py"}, {"delete": [1]}):
        editor.notify("fapi/didChangeFiles", **params)
    editor.notify("fapi/didChangeFiles", put=[{"path": "/".join("a" * 40), "text": ""}])
    assert await lives(editor)
    assert sorted(path for path in rig.state.rglob("*") if "children" not in path.parts) == before


async def test_files_have_bounds(editor: Editor) -> None:
    text = "x" * 900_000
    for number in range(60):
        editor.notify("fapi/didChangeFiles", put=[{"path": f"{number}.txt", "text": text}])
    assert await lives(editor)
    with pytest.raises(RpcRefused):
        await editor.read(ROOT + "59.txt")
    editor.notify("fapi/didChangeFiles", delete=[f"{number}.txt" for number in range(60)])
    editor.notify("fapi/didChangeFiles", put=[{"path": f"{number}/x", "text": ""} for number in range(2499)])
    editor.notify("fapi/didChangeFiles", put=[{"path": "the-last", "text": ""}])
    editor.notify("fapi/didChangeFiles", put=[{"path": "one-more", "text": ""}])
    assert await editor.read(ROOT + "2498/x") == ""
    assert await editor.read(ROOT + "the-last") == ""
    with pytest.raises(RpcRefused):
        await editor.read(ROOT + "one-more")


async def test_more_changes_of_files_than_there_can_be_files_are_refused(editor: Editor) -> None:
    # Carried out, they would keep the agent from all else for a minute.
    editor.notify("fapi/didChangeFiles", delete=["main.py", *["a"] * 10_000])
    assert await lives(editor)
    editor.notify("fapi/didChangeFiles", put=[{"path": f"many/{number}", "text": ""} for number in range(4998)])
    editor.notify("fapi/didChangeFiles", delete=["many"])
    editor.notify("fapi/didChangeFiles", put=[{"path": f"more/{number}", "text": ""} for number in range(4998)])
    assert await editor.read(ROOT + "more/4997") == ""


async def test_folders_count_and_go_with_their_last_file(rig: Rig, editor: Editor) -> None:
    deep = "/".join("abcdefghijklmno")
    for number in range(3):
        paths = [f"{number}-{each}/{deep}" for each in range(300)]
        editor.notify("fapi/didChangeFiles", put=[{"path": path, "text": ""} for path in paths])
        assert await editor.read(ROOT + paths[-1]) == ""
        editor.notify("fapi/didChangeFiles", delete=paths)
    editor.notify("fapi/didChangeFiles", put=[{"path": f"{each}/{deep}", "text": ""} for each in range(400)])
    assert await lives(editor)
    (app,) = (rig.state / "scratch").glob("language-*/app")
    assert [path.name for path in app.iterdir()] == ["main.py"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"x" * 1_000_001, "too_large"),
        (b'{"method": "textDocument/didOpen", "params": {}}', "session_gap"),
        (b'{"method": "textDocument/didOpen", "params": {"textDocument": {"uri": "file:///app/a"}}}', "session_gap"),
        (
            b'{"method": "textDocument/didChange", "params": {"textDocument": '
            b'{"uri": "file:///app/a", "version": 1}, "contentChanges": []}}',
            "session_gap",
        ),
    ],
)
async def test_what_cannot_be_taken_ends_the_session(rig: Rig, editor: Editor, body: bytes, code: str) -> None:
    editor.send(body)
    assert (await asyncio.wait_for(editor.end, 10) or {})["code"] == code
    # Thousands of folders of the one before may still be under way.
    await until(lambda: not list((rig.state / "scratch").iterdir()), 60)


@pytest.mark.parametrize(
    "change",
    [
        {"text": 1},
        {"text": "x", "range": {}},
        {"text": "x", "range": {"start": {"line": 99, "character": 0}, "end": {"line": 99, "character": 0}}},
        {"text": "x", "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}},
        {"text": "x", "range": {"start": {"line": 0.5, "character": 0}, "end": {"line": 1, "character": 0}}},
        {"text": "x", "range": {"start": {"line": 2, "character": 0}, "end": {"line": 1, "character": 0}}},
        "text",
    ],
)
async def test_a_change_that_fits_nowhere_ends_the_session(rig: Rig, editor: Editor, change: object) -> None:
    editor.open_text("main.py", MAIN)
    editor.change("main.py", change)  # type: ignore[arg-type]
    end = await asyncio.wait_for(editor.end, 10) or {}
    assert end["code"] == "session_gap"
    assert str(rig.state) not in end["message"]


async def test_who_still_speaks_when_a_session_ends_hears_why(rig: Rig, editor: Editor) -> None:
    editor.client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    editor.send(b'{"method": "textDocument/didOpen", "params": {}}')
    await until(lambda: not list((rig.state / "scratch").iterdir()), 60)
    for _ in range(3):
        editor.notify("initialized")
        await asyncio.sleep(0)
    editor.client.writer.transport.resume_reading()  # type: ignore[attr-defined]
    assert (await asyncio.wait_for(editor.end, 10) or {})["code"] == "session_gap"


async def test_thousands_of_changes_of_a_long_line_end_the_session(editor: Editor) -> None:
    place = {"line": 0, "character": 150_000}
    editor.open_text("long.txt", "\u00e9" * 150_000)
    editor.change("long.txt", *[{"range": {"start": place, "end": place}, "text": ""}] * 9_000)
    # Carried out, they would keep the agent from all else for a minute.
    assert (await asyncio.wait_for(editor.end, 20) or {})["code"] == "session_gap"


async def test_thousands_of_documents_are_too_many(editor: Editor) -> None:
    for number in range(3000):
        editor.open_text(f"{number}.py", "x = 1\n")
    assert (await asyncio.wait_for(editor.end, 30) or {})["code"] == "too_large"


async def test_thousands_of_requests_are_refused_and_the_first_answered(editor: Editor) -> None:
    editor.open_text("main.py", MAIN)
    asked = [editor.at("hover", "main.py", 3, 8) for _ in range(1000)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, RpcRefused) and answer.code == -32803 for answer in answers) <= 1000 - 64
    assert "FastAPI" in json.dumps(next(answer for answer in answers if isinstance(answer, dict)))
    assert await lives(editor)


async def test_a_cancelled_request_says_so(editor: Editor) -> None:
    editor.send(
        b'{"id": "a", "method": "workspace/symbol", "params": {"query": "a"}}',
    )
    editor.notify("$/cancelRequest", id="a")
    editor.notify("$/cancelRequest", id="nobody")
    editor.notify("$/cancelRequest", id=[1])
    await until(lambda: editor.unasked)
    assert editor.unasked[0]["error"]["code"] == -32800
    assert await lives(editor)


async def test_a_lone_surrogate_in_a_text_ends_no_server(rig: Rig, editor: Editor) -> None:
    servers = list_servers(rig)
    editor.open_text("main.py", "x = '\ud800'\nx.")
    assert "upper" in await editor.complete("main.py", 1, 2)
    assert list_servers(rig) == servers


async def test_another_connection_sends_messages_in_vain(rig: Rig) -> None:
    editor = await Editor.connect(rig)
    editor.client.writer.write(encode_frame({"kind": "message"}, b"{}"))
    await asyncio.wait_for(editor.client._reading, 10)
    await editor.close()


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
