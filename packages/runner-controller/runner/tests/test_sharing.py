"""What a child has for itself of the memory that it got from the zygote."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from census import list_children, read_name
from rig import Rig, find_zygote, hello

pytestmark = pytest.mark.anyio

COUNTS = """
import dataclasses, decimal, sys
import fastapi, pydantic, starlette.routing
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
def count():
    things = [fastapi.FastAPI, pydantic.BaseModel.__doc__, starlette.routing.Route.matches, dataclasses.field.__code__]
    return [sys.getrefcount(thing) for thing in [None, *things]]
"""


def read_own_mebibytes(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except PermissionError:
        pytest.skip("only root may look into the memory of the runner")
    return sum(map(int, re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))) / 1024


CHANCE = """
import random, secrets, uuid
from fastapi import FastAPI
app = FastAPI()
BORN = [random.random(), str(uuid.uuid4()), secrets.token_hex()]
@app.get("/")
def draw():
    return [*BORN, random.random(), str(uuid.uuid4()), secrets.token_hex()]
"""


async def test_chance_is_not_shared(rig: Rig) -> None:
    drawn = []
    for app_id in ("one", "two"):
        await rig.deploy({"main.py": CHANCE}, app_id)
        drawn += (await rig.get("/", app_id)).json()
    assert len(set(drawn)) == 12


async def test_an_app_has_few_pages_for_itself(rig: Rig) -> None:
    await rig.deploy(hello("here"))
    for _ in range(5):
        assert (await rig.get()).json() == "here"
    child = (await rig.app())["active"]["pid"]
    # Where every reference is counted, each object that is used costs its page.
    assert read_own_mebibytes(child) < (7 if sys.version_info >= (3, 12) else 12.3)


async def test_the_keeper_of_a_childs_namespaces_has_hardly_a_page_for_itself(rig: Rig) -> None:
    await rig.deploy(hello("kept"), "kept")
    keepers = [pid for pid in list_children(find_zygote(rig)) if read_name(pid) == "fapi-keeper"]
    limit = 0.75 if sys.version_info >= (3, 12) else 1.85
    assert max(map(read_own_mebibytes, keepers), default=0) < limit


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python counts all references")
async def test_references_to_what_the_zygote_imported_are_not_counted(rig: Rig) -> None:
    await rig.deploy({"main.py": COUNTS}, "counts")
    none, *others = (await rig.get("/", "counts")).json()
    assert others == [none] * len(others)
