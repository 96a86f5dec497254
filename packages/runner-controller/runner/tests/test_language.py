"""What an editor has of the language servers, on real ones."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

import pytest
from agents import make_state
from client import Refused
from editors import ROOT, Editor, RpcRefused, at, list_servers
from layers import make_layer
from rig import Rig, delete_state, is_alive, until

pytestmark = pytest.mark.anyio

MODELS = '''from pydantic import BaseModel


class Item(BaseModel):
    """An item of the shop."""

    name: str
    price_cents: int = 0
'''
MAIN = """from fastapi import FastAPI
from models import Item

app = FastAPI()


@app.get("/items")
def items() -> list[Item]:
    item = Item(name="a")
    print(len(item.name))
    return [item]
"""
OPTIONS = {"tabSize": 4, "insertSpaces": True}
PIECES = ["a", "\n", "\r\n", "\r", "é", "🐍", "def f():\n", " "]
FILES: dict[str, str | bytes] = {"main.py": MAIN, "models.py": MODELS}


async def open_editor(rig: Rig, files: dict[str, str | bytes] = FILES, app_id: str = "app") -> Editor:
    editor = await Editor.open(rig, files, app_id)
    editor.open_text("main.py", str(files["main.py"]))
    return editor


def assert_clean(rig: Rig, editor: Editor) -> None:
    """No path of this machine in anything that was said."""
    for path in (str(rig.state), sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)):
        assert not [body for body in editor.heard if path.encode() in body], path


async def test_completes_a_field_of_a_model_from_another_file(rig: Rig) -> None:
    editor = await open_editor(rig)
    editor.change("main.py", at(9, 4, 24, "item."))
    assert {"name", "price_cents", "model_dump"} <= set(await editor.complete("main.py", 9, 9))
    assert_clean(rig, editor)
    await editor.close()


async def test_says_what_both_servers_can_do_and_nothing_unasked(rig: Rig) -> None:
    editor = await open_editor(rig)
    told = editor.initialized["capabilities"]
    assert told["textDocumentSync"] == {"openClose": True, "change": 2}
    assert told["positionEncoding"] == "utf-16"
    assert told["completionProvider"]["triggerCharacters"]
    assert told["documentFormattingProvider"] is True
    assert told["renameProvider"] == {"prepareProvider": True}
    assert {"quickfix", "source.fixAll.ruff"} <= set(told["codeActionProvider"]["codeActionKinds"])
    assert not told.keys() & {"diagnosticProvider", "executeCommandProvider"}
    assert list(told["workspace"]) == ["fileOperations"]
    editor.change("main.py", at(9, 4, 9, "undefined"))
    await editor.complete("main.py", 9, 4)
    assert editor.unasked == []
    await editor.close()


async def test_shows_hovers_and_signatures(rig: Rig) -> None:
    editor = await open_editor(rig)
    assert "An item of the shop." in (await editor.at("hover", "main.py", 8, 12))["contents"]["value"]
    (signature,) = (await editor.at("signatureHelp", "main.py", 8, 16))["signatures"]
    assert "price_cents" in signature["label"]
    await editor.close()


async def test_leads_into_the_sources_of_libraries_and_reads_them(rig: Rig) -> None:
    editor = await open_editor(rig)
    (fastapi,) = await editor.at("definition", "main.py", 3, 8)
    assert fastapi["uri"] == "file:///library/site-packages/fastapi/applications.py"
    lines = (await editor.read(fastapi["uri"])).splitlines()
    assert lines[fastapi["range"]["start"]["line"]].startswith("class FastAPI(")
    (models,) = await editor.at("definition", "main.py", 8, 12)
    assert models["uri"] == ROOT + "models.py"
    # What is written in C has no source, only a stub in the program of the server.
    builtin = (await editor.at("definition", "main.py", 9, 11))[0]
    assert builtin["uri"] == "file:///library/typeshed/stdlib/builtins.pyi"
    assert "def len(" in await editor.read(builtin["uri"])
    assert_clean(rig, editor)
    await editor.close()


async def test_goes_on_from_a_source_of_a_library(rig: Rig) -> None:
    editor = await open_editor(rig)
    (fastapi,) = await editor.at("definition", "main.py", 3, 8)
    text = await editor.read(fastapi["uri"])
    line = next(number for number, each in enumerate(text.splitlines()) if each.startswith("class FastAPI("))
    told = {"uri": fastapi["uri"], "languageId": "python", "version": 1, "text": text}
    editor.notify("textDocument/didOpen", textDocument=told)
    (base,) = await editor.at("definition", fastapi["uri"], line, len("class FastAPI(S"))
    assert base["uri"] == "file:///library/site-packages/starlette/applications.py"
    assert_clean(rig, editor)
    await editor.close()


async def test_finds_references_and_renames_across_files(rig: Rig) -> None:
    editor = await open_editor(rig)
    found = await editor.at("references", "main.py", 8, 12, context={"includeDeclaration": True})
    assert {each["uri"] for each in found} == {ROOT + "main.py", ROOT + "models.py"}
    renamed = await editor.at("rename", "main.py", 8, 12, newName="Article")
    counts = {uri: len(edits) for uri, edits in renamed["changes"].items()}
    assert counts == {ROOT + "main.py": 3, ROOT + "models.py": 1}
    for line, character in ((3, 8), (9, 11)):
        with pytest.raises(RpcRefused) as refused:
            await editor.at("rename", "main.py", line, character, newName="mine")
        assert refused.value.code == -32803
    await editor.close()


async def test_says_what_a_rename_of_a_file_makes_of_the_imports_of_others(rig: Rig) -> None:
    editor = await open_editor(rig)
    assert "willRename" in editor.initialized["capabilities"]["workspace"]["fileOperations"]
    moved = [{"oldUri": ROOT + "models.py", "newUri": ROOT + "shapes.py"}]
    edits = await editor.request("workspace/willRenameFiles", files=moved)
    assert {uri: [each["newText"] for each in own] for uri, own in edits["changes"].items()} == {
        ROOT + "main.py": ["shapes"]
    }
    assert_clean(rig, editor)
    with pytest.raises(RpcRefused) as refused:
        await editor.request(
            "workspace/willRenameFiles", files=[{"oldUri": "file:///etc/passwd", "newUri": ROOT + "a"}]
        )
    assert refused.value.code == -32602
    await editor.close()


async def test_formats_and_fixes(rig: Rig) -> None:
    editor = await Editor.open(rig, FILES)
    editor.open_text("main.py", "import os\nx =  HTTPException\n")
    document = {"uri": ROOT + "main.py"}
    edits = await editor.request("textDocument/formatting", textDocument=document, options=OPTIONS)
    assert "x = HTTPException" in edits[0]["newText"]
    places = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 18}}
    asked = {"textDocument": document, "range": places, "context": {"diagnostics": []}}
    actions = {action["title"]: action for action in await editor.request("textDocument/codeAction", **asked)}
    unused = actions["Ruff (F401): Remove unused import: `os`"]
    assert unused["edit"]["changes"][ROOT + "main.py"][0]["newText"] == ""
    wanted = actions["import fastapi.HTTPException"]
    assert wanted["edit"]["changes"][ROOT + "main.py"][0]["newText"] == "from fastapi import HTTPException\n"
    resolved = await editor.request("codeAction/resolve", **actions["Ruff: Fix all auto-fixable problems"])
    assert resolved["edit"]["changes"].keys() == {ROOT + "main.py"}
    assert_clean(rig, editor)
    await editor.close()


async def test_hears_of_files_that_change_elsewhere(rig: Rig) -> None:
    editor = await open_editor(rig)
    editor.change("main.py", at(9, 4, 24, "item."))
    changed = MODELS.replace("price_cents", "weight")
    put = [{"path": "models.py", "text": changed}, {"path": "shop/orders.py", "text": "class Order:\n    number = 1\n"}]
    editor.notify("fapi/didChangeFiles", put=put, delete=[])
    labels = await editor.complete("main.py", 9, 9)
    assert "weight" in labels
    assert "price_cents" not in labels
    editor.change("main.py", at(9, 0, 9, "    from shop.orders import Order; Order."))
    assert "number" in await editor.complete("main.py", 9, 41)
    assert await editor.read(ROOT + "shop/orders.py") == "class Order:\n    number = 1\n"
    editor.notify("fapi/didChangeFiles", put=[{"path": "shop", "text": "a file now"}], delete=["models.py"])
    editor.change("main.py", at(9, 0, 41, "    item."))
    assert "weight" not in await editor.complete("main.py", 9, 9)
    assert await editor.read(ROOT + "shop") == "a file now"
    with pytest.raises(RpcRefused):
        await editor.read(ROOT + "models.py")
    await editor.close()


async def test_types_come_from_the_open_text_of_another_file(rig: Rig) -> None:
    editor = await open_editor(rig)
    editor.open_text("models.py", MODELS)
    editor.change("models.py", at(7, 4, 15, "colour"))
    editor.change("main.py", at(9, 4, 24, "item."))
    assert "colour" in await editor.complete("main.py", 9, 9)
    assert await editor.read(ROOT + "models.py") == MODELS.replace("price_cents", "colour")
    editor.notify("textDocument/didClose", textDocument={"uri": ROOT + "models.py"})
    assert "price_cents" in await editor.complete("main.py", 9, 9)
    assert await editor.read(ROOT + "models.py") == MODELS
    await editor.close()


@pytest.mark.parametrize("name", ["ty", "ruff"])
async def test_a_server_that_is_killed_comes_back_and_knows_the_texts(own_rig: Rig, name: str) -> None:
    editor = await open_editor(own_rig)
    editor.change("main.py", at(9, 4, 24, "item."))
    assert "name" in await editor.complete("main.py", 9, 9)
    (killed,) = [pid for pid, each in list_servers(own_rig).items() if each == name]
    os.kill(killed, signal.SIGKILL)
    editor.change("main.py", at(9, 4, 9, "app."))

    async def answers() -> bool:
        try:
            if name == "ruff":
                asked = {"textDocument": {"uri": ROOT + "main.py"}, "options": OPTIONS}
                await editor.request("textDocument/formatting", **asked)
                return True
            return "add_api_route" in await editor.complete("main.py", 9, 8)
        except RpcRefused as error:
            # A syntax error is an answer of ruff's own.
            return name == "ruff" and error.code != -32002

    await until(answers)
    servers = list_servers(own_rig)
    assert killed not in servers
    assert sorted(servers.values()) == ["ruff", "ty"]
    await editor.close()


async def test_the_text_is_the_editors_after_many_edits_and_a_kill(own_rig: Rig) -> None:
    seed = int(os.environ.get("FAPI_SEED", "7"))
    chance = random.Random(seed)
    editor = await open_editor(own_rig)
    text = MAIN
    for number in range(300):
        begin, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        end = min(end, begin + chance.randrange(12))
        piece = "".join(chance.choice(PIECES) for _ in range(chance.randrange(4)))
        places = [_find_place(text, each) for each in (begin, end)]
        if text[begin - 1 : begin + 1] == "\r\n" or text[end - 1 : end + 1] == "\r\n":
            continue  # no place of the protocol is between the two
        text = text[:begin] + piece + text[end:]
        editor.change("main.py", {"range": {"start": places[0], "end": places[1]}, "text": piece})
        if number % 100 == 99:
            for pid in list_servers(own_rig):
                os.kill(pid, signal.SIGKILL)
    assert await editor.read(ROOT + "main.py") == text, seed
    editor.change("main.py", {"text": MAIN})
    await until(lambda: sorted(list_servers(own_rig).values()) == ["ruff", "ty"])
    assert await editor.read(ROOT + "main.py") == MAIN
    await editor.close()


def _find_place(text: str, index: int) -> dict[str, int]:
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    line = before.rsplit("\n", 1)[-1]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}


async def test_what_is_out_of_step_ends_the_session(rig: Rig) -> None:
    for versions in ([2, 2], [3, 2], [2, 1], [3], [2, 4]):
        editor = await open_editor(rig)
        for version in versions:
            told = {"uri": ROOT + "main.py", "version": version}
            editor.notify("textDocument/didChange", textDocument=told, contentChanges=[at(0, 0, 0, "#")])
        assert (await asyncio.wait_for(editor.end, 10) or {})["code"] == "session_gap"
        await editor.close()


async def test_nothing_is_left_of_a_session_that_is_over(own_rig: Rig) -> None:
    editor = await open_editor(own_rig)
    await editor.complete("main.py", 9, 9)
    servers = list_servers(own_rig)
    assert sorted(servers.values()) == ["ruff", "ty"]
    assert len(list((own_rig.state / "scratch").iterdir())) == 1
    await editor.close()
    await until(lambda: not list((own_rig.state / "scratch").iterdir()))
    await until(lambda: not any(map(is_alive, servers)))
    another = await open_editor(own_rig)
    servers = list_servers(own_rig)
    await own_rig.close()
    await until(lambda: not any(map(is_alive, servers)))
    assert not list((own_rig.state / "scratch").iterdir())
    await another.close()


async def test_nothing_is_left_of_an_agent_that_is_killed(own_rig: Rig) -> None:
    editor = await open_editor(own_rig)
    servers = list_servers(own_rig)
    await own_rig.kill()
    await until(lambda: not any(map(is_alive, servers)))
    await editor.close()
    await own_rig.boot()
    assert not list((own_rig.state / "scratch").iterdir())


async def test_two_sessions_know_nothing_of_each_other(rig: Rig) -> None:
    one, other = await open_editor(rig), await open_editor(rig, {"main.py": MAIN}, "other")
    one.notify("fapi/didChangeFiles", put=[{"path": "secret.py", "text": "password = 1\n"}], delete=[])
    assert await one.read(ROOT + "secret.py") == "password = 1\n"
    for path in ("secret.py", "models.py"):
        with pytest.raises(RpcRefused):
            await other.read(ROOT + path)
    other.change("main.py", {"text": "import secret\nsecret."})
    assert await other.at("definition", "main.py", 0, 8) in (None, [])
    assert "password" not in await other.complete("main.py", 1, 7)
    await one.close()
    await until(lambda: len(list((rig.state / "scratch").iterdir())) == 1)
    assert "FastAPI" in json.dumps(await _hover_app(other))
    await other.close()


async def _hover_app(editor: Editor) -> object:
    editor.change("main.py", {"text": MAIN})
    return await editor.at("hover", "main.py", 3, 8)


async def test_sessions_have_bounds(own_rig: Rig) -> None:
    digest = await own_rig.put({"main.py": "x = 1\n"})
    editors = [await Editor.open(own_rig, digest) for _ in range(6)]
    with pytest.raises(Refused) as refused:
        await Editor.open(own_rig, digest)
    assert refused.value.code == "too_many_sessions"
    editors.append(await Editor.open(own_rig, digest, "another"))
    await editors.pop(0).close()
    await until(lambda: len(list((own_rig.state / "scratch").iterdir())) == 6)
    editors.append(await Editor.open(own_rig, digest))
    for editor in editors:
        await editor.close()


async def test_a_session_that_hears_nothing_is_over(anyio_backend: str) -> None:
    state = make_state()
    rig = await Rig.start(state, "--language-idle-seconds", "0.5")
    editor = await open_editor(rig)
    assert (await asyncio.wait_for(editor.end, 20) or {})["code"] == "idle"
    await until(lambda: not list((state / "scratch").iterdir()))
    await editor.close()
    await rig.close()
    delete_state(state)


@pytest.mark.parametrize("limit", [0, 1, 2])
async def test_it_is_the_same_where_children_are_isolated_less(anyio_backend: str, limit: int) -> None:
    state = make_state()
    rig = await Rig.start(state, "--isolation-limit", str(limit))
    editor = await open_editor(rig)
    builtin = (await editor.at("definition", "main.py", 9, 11))[0]
    assert "def len(" in await editor.read(builtin["uri"])
    editor.change("main.py", at(9, 4, 24, "item."))
    assert "price_cents" in await editor.complete("main.py", 9, 9)
    assert_clean(rig, editor)
    await editor.close()
    await rig.close()
    delete_state(state)


async def test_without_ty_there_is_no_session(anyio_backend: str, tmp_path: Path) -> None:
    state = make_state()
    rig = await Rig.start(state, python=make_layer(tmp_path / "layer", {}))
    with pytest.raises(Refused) as refused:
        await Editor.open(rig, FILES)
    assert refused.value.code == "language_unavailable"
    await rig.close()
    delete_state(state)


async def test_a_session_needs_a_revision_and_a_connection_of_its_own(rig: Rig) -> None:
    editor = await Editor.connect(rig)
    with pytest.raises(Refused) as refused:
        await editor.client.call("language", appId="app", digest="unknown")
    assert refused.value.code == "unknown_revision"
    digest = await rig.put(FILES)
    await editor.client.call("language", appId="app", digest=digest)
    with pytest.raises(Refused) as refused:
        await editor.client.call("language", appId="app", digest=digest)
    assert refused.value.code == "bad_request"
    await editor.close()
