"""Servers that wait for the next editor, on real ones."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agents import make_state
from disks import bound, open_narrow_rig
from editors import CAPABILITIES, ROOT, Editor, RpcRefused, at, list_servers
from layers import make_layer
from rig import Rig, delete_state, is_alive, until

pytestmark = pytest.mark.anyio

MAIN = """from fastapi import FastAPI
from shop.models import Item

app = FastAPI()
item = Item(name="a")
item.name
"""
MODELS = """from pydantic import BaseModel


class Item(BaseModel):
    name: str
    weight: int = 0
"""
FILES: dict[str, str | bytes] = {
    "main.py": MAIN,
    "shop/models.py": MODELS,
}


@pytest.fixture
async def spare_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    state = make_state()
    rig = await Rig.start(state, "--language-spare", "--language-idle-seconds", "3")
    yield rig
    await rig.close()
    assert not list((state / "scratch").iterdir())
    delete_state(state)


async def open_editor(rig: Rig, files: dict[str, str | bytes] = FILES, app_id: str = "app") -> Editor:
    editor = await Editor.open(rig, files, app_id)
    editor.open_text("main.py", str(files["main.py"]))
    return editor


def list_rooms(rig: Rig) -> set[Path]:
    return set((rig.state / "scratch").glob("language-*"))


def find_room(rig: Rig) -> Path:
    """Return the folder of the only session."""
    (room,) = list_rooms(rig)
    return room


async def find_spare(rig: Rig) -> set[int]:
    """Return the servers that wait; those of open editors are older."""
    before = set(list_servers(rig))
    await until(lambda: len(set(list_servers(rig)) - before) == 2, 20)
    return set(list_servers(rig)) - before


async def take_spare(rig: Rig, files: dict[str, str | bytes]) -> Editor:
    """Open editors until one needed no servers of its own: those that waited have read all by then."""
    async with asyncio.timeout(20):
        while True:
            known = set(list_servers(rig))
            editor = await Editor.open(rig, files, "another")
            own = set(list_servers(rig)) - known
            if not own:
                return editor
            await editor.close()
            await until(lambda own=own: not any(is_alive(pid) for pid in own))


async def test_the_next_editor_has_servers_that_wait_for_it(spare_rig: Rig) -> None:
    first = await open_editor(spare_rig)
    await find_spare(spare_rig)
    editor = await take_spare(spare_rig, FILES | {"notes.txt": "of the app"})
    editor.open_text("main.py", MAIN)
    editor.change("main.py", at(5, 5, 9, ""))
    assert {"name", "weight"} <= set(await editor.complete("main.py", 5, 5))
    assert await editor.read(ROOT + "notes.txt") == "of the app"
    told = await editor.at("definition", "main.py", 1, 25)
    assert (told[0].get("targetUri") or told[0]["uri"]) == ROOT + "shop/models.py"
    first.change("main.py", at(5, 5, 9, ""))
    assert "weight" in await first.complete("main.py", 5, 5)
    await editor.close()
    await first.close()


async def test_nothing_of_what_was_read_ahead_is_in_the_app(spare_rig: Rig) -> None:
    first = await open_editor(spare_rig)
    await find_spare(spare_rig)
    editor = await take_spare(spare_rig, {"other.py": "x = 1\n"})
    with pytest.raises(RpcRefused):
        await editor.read(ROOT + "main.py")
    editor.open_text("other.py", "import main\nmain.")
    assert "router" not in await editor.complete("other.py", 1, 5)
    await editor.close()
    await first.close()


async def test_an_editor_that_was_closed_at_once_leaves_servers_for_the_next_one(spare_rig: Rig) -> None:
    await (await open_editor(spare_rig)).close()
    await until(lambda: not list_rooms(spare_rig))
    await until(lambda: len(list_rooms(spare_rig)) == 1 and len(list_servers(spare_rig)) == 2, 20)


async def test_servers_that_wait_end_when_nobody_edits_any_more(spare_rig: Rig) -> None:
    first = await open_editor(spare_rig)
    waiting = await find_spare(spare_rig)
    await first.close()
    await until(lambda: not any(is_alive(pid) for pid in waiting), 20)
    await until(lambda: not list_rooms(spare_rig))


@pytest.fixture
async def rig_without_ruff(anyio_backend: str) -> AsyncIterator[Rig]:
    folder = Path(tempfile.mkdtemp(prefix="fapi-python-"))
    programs = Path(make_layer(folder / "layer", {})).parent
    (programs / "ruff").unlink()
    shutil.copy(Path(sys.executable).with_name("ty"), programs / "ty")
    state = make_state()
    rig = await Rig.start(state, "--language-spare", python=str(programs / "python"))
    yield rig
    await rig.close()
    delete_state(state)
    shutil.rmtree(folder)


async def test_where_ruff_is_not_installed_the_next_editor_has_a_server_that_waits(rig_without_ruff: Rig) -> None:
    rig = rig_without_ruff
    first = await open_editor(rig)
    await until(lambda: len(list_servers(rig)) == 2, 20)
    editor = await take_spare(rig, FILES)
    assert await editor.read(ROOT + "main.py") == MAIN
    await editor.close()
    await first.close()


@pytest.fixture
async def narrow_rig(anyio_backend: str) -> AsyncIterator[Rig]:
    async with open_narrow_rig("512m", "--language-spare") as rig:
        yield rig


async def test_a_spare_that_there_was_no_room_for_leaves_nothing_and_another_one_waits_later(narrow_rig: Rig) -> None:
    rig = narrow_rig
    scratch = rig.state / "scratch"
    first = await Editor.connect(rig)
    await first.client.call("language", appId="app", digest=await rig.put(FILES))
    await until(lambda: len(list_servers(rig)) == 2)
    # For the folders of another session, and nothing in them. It is made once it is known what editors can do.
    room, used = find_room(rig), os.statvfs(rig.state)
    bound(rig.state, used.f_files - used.f_ffree + 3)
    await first.request("initialize", rootUri=ROOT, capabilities=CAPABILITIES)
    await until(lambda: scratch.stat().st_mtime_ns > room.stat().st_ctime_ns and list_rooms(rig) == {room})
    bound(rig.state, 0)
    editor = await open_editor(rig, FILES, "another")
    await find_spare(rig)
    await editor.close()
    await first.close()


async def test_servers_that_are_killed_while_they_wait_harm_no_editor(spare_rig: Rig) -> None:
    first = await open_editor(spare_rig)
    for pid in await find_spare(spare_rig):
        os.kill(pid, signal.SIGKILL)
    editor = await open_editor(spare_rig, FILES, "another")
    editor.change("main.py", at(5, 5, 9, ""))
    assert "weight" in await editor.complete("main.py", 5, 5)
    await editor.close()
    await first.close()
