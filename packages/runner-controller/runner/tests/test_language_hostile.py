"""An editor that says anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from editors import ROOT, Editor, RpcRefused, list_servers
from rig import Rig, until
from test_language import MAIN

from fapi_runner.protocol import encode_frame

pytestmark = pytest.mark.anyio
HOVER = b'{"id": 1, "method": "textDocument/hover", "params": {"textDocument": {"uri": "%b"}}}'
OUTSIDE = ["../x.py", "a/../../x.py", "/tmp/x.py", "", ".", "a//b.py", "a\\..\\b.py", "a\0b", "x" * 300, "\ud800"]


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
