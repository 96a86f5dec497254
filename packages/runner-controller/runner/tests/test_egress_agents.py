"""Grants as agents of several kinds see them: what they refuse, bound and remember."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path

import pytest
from agents import NOBODY, Kind, find_python, list_kinds, make_state
from client import Refused
from places import echo, open_place
from rig import Rig, delete_state, read_case, until
from town import OWN, Town

pytestmark = pytest.mark.anyio


async def test_an_address_of_our_own_programs_is_never_connected_to(anyio_backend: str) -> None:
    if not OWN:
        pytest.skip("this machine has no address")
    state = make_state()
    async with open_place(echo, OWN) as gateway, open_place(echo, OWN) as other:
        rig = await Rig.start(state, "--egress-never", f"{OWN}:{gateway.port}")
        town = Town(rig, None, gateway, other)
        with pytest.raises(Refused, match="this system's own"):
            await town.deploy((OWN, gateway.port))
        await town.deploy((OWN, other.port))
        assert (await town.ask("asyncio", OWN, other.port))["answer"] == "hello"
        await rig.close()
    delete_state(state)


async def test_the_connections_of_apps_leave_the_agent_its_files(anyio_backend: str, tmp_path: Path) -> None:
    if not OWN:
        pytest.skip("this machine has no address")
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nulimit -n 400\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    state = make_state()
    async with open_place(echo, OWN) as place:
        rig = await Rig.start(state, python=str(python))
        town = Town(rig, None, place, place)
        await town.deploy((OWN, place.port), app_id="flood")
        many = asyncio.create_task(town.ask("many", OWN, place.port, "flood", count=200, wait_s=1))
        await until(lambda: "The machine has no room for more connections of its apps." in town.list_said("flood"))
        await town.deploy(app_id="calm")
        assert await many == 100
        await rig.close()
    delete_state(state)


@pytest.mark.parametrize("kind", [kind for kind in list_kinds() if kind.limit < 2], ids=str)
async def test_below_level_2_a_grant_is_refused_with_the_missing_layer(kind: Kind) -> None:
    state = make_state(kind.user)
    limit = ("--isolation-limit", str(kind.limit))
    rig = await Rig.start(state, *limit, python=find_python(), user=kind.user)
    layer = next(layer for layer in rig.client.hello["isolation"]["layers"] if layer["name"] == "egress")
    assert layer["active"] is False
    with pytest.raises(Refused) as refused:
        await rig.prepare(read_case("reach"), egress=[{"host": "db.example", "port": 5432}])
    assert refused.value.code == "egress_unavailable"
    assert f"level {kind.limit}" in refused.value.message
    assert layer["reason"] in refused.value.message
    await rig.deploy(read_case("reach"))
    await rig.close()
    delete_state(state)


async def test_the_next_agent_starts_an_app_with_what_it_was_granted(anyio_backend: str) -> None:
    if not OWN:
        pytest.skip("this machine has no address")
    state = make_state()
    async with open_place(echo, OWN) as place:
        rig = await Rig.start(state)
        town = Town(rig, None, place, place)
        await town.deploy((OWN, place.port))
        await rig.kill()
        await rig.boot()
        assert (await town.ask("asyncio", OWN, place.port))["answer"] == "hello"
        await rig.close()
    delete_state(state)


HIDES = """\
import ctypes, socket
from fastapi import FastAPI
app = FastAPI()
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
@app.get("/")
def root(host: str, port: int):
    try:
        socket.create_connection((host, port), 5).close()
        return "connected"
    except OSError as error:
        return type(error).__name__
"""


async def test_an_app_that_hides_where_it_wants_to_go_is_not_connected_and_its_builder_is_told(
    anyio_backend: str,
) -> None:
    kind = Kind(NOBODY, 2)
    python = find_python()
    if not OWN or kind not in list_kinds():
        pytest.skip("only root can start an agent that may not read everybody's memory")
    state = make_state(kind.user)
    async with open_place(echo, OWN) as place:
        rig = await Rig.start(state, "--isolation-limit", "2", python=python, user=kind.user)
        await rig.deploy({"main.py": HIDES}, egress=[{"host": OWN, "port": place.port}])
        answer = await rig.get(f"/?host={OWN}&port={place.port}")
        assert (answer.json(), place.seen) == ("PermissionError", 0)
        said = "A connection of the app was refused unseen: Permission denied."
        await until(lambda: said in [line["text"] for line in rig.client.lines("app")])
        await rig.close()
    delete_state(state)
