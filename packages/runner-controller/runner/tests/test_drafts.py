from __future__ import annotations

import asyncio
import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from client import Json, Refused
from rig import Rig, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio
SEQUENCES = itertools.count(1)


async def draft(rig: Rig, files: dict[str, str | bytes], app_id: str = "app", **changed: Any) -> Json:
    params = {
        "appId": app_id,
        "host": f"{app_id}.localhost",
        "session": "one",
        "sequence": next(SEQUENCES),
        "digest": await rig.put(files),
        "envVersion": 1,
        "environment": {},
        "deadlineMs": 10_000,
    }
    return await rig.client.call("draft", **(params | changed))


async def test_a_draft_tells_routes_and_openapi_and_its_deploy_adopts_the_child(rig: Rig) -> None:
    files = read_case("hello")
    before = rig.list_pids()
    told = await draft(rig, files, "adopt")
    assert told["prepared"] is True
    assert told["sideEffects"] == []
    assert told["routes"] == [{"method": "GET", "path": "/"}, {"method": "GET", "path": "/items/{item_id}"}]
    assert told["openapi"]["info"]["title"] == "FastAPI"
    (child,) = rig.list_pids() - before
    prepared = await rig.prepare(files, "adopt")
    assert prepared["adopted"] is True
    assert prepared["routes"] == told["routes"]
    await rig.client.call("activate", **prepared["key"])
    app = await rig.app("adopt")
    assert app["active"]["pid"] == child
    assert app["active"]["generation"] == prepared["key"]["generation"]
    assert (await rig.get("/", "adopt")).json() == {"hello": "world"}
    document = (await rig.get("/openapi.json", "adopt")).json()
    assert document == told["openapi"]
    identity = (await rig.get("/.fapi/identity?nonce=0123456789abcdef", "adopt")).json()
    assert identity["generation"] == prepared["key"]["generation"]


WRITES = """
from pathlib import Path
from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def write():
    Path("go").touch()
"""
WAITS = """
import time
from pathlib import Path
from fastapi import FastAPI
while not Path("go").exists():
    time.sleep(0.01)
app = FastAPI()

@app.get("/")
def read():
    return "gone on"
"""


async def test_a_deploy_does_not_wait_for_a_draft_that_hangs_because_it_is_one(rig: Rig) -> None:
    await rig.deploy({"main.py": WRITES}, "patient")
    before = rig.list_pids()
    drafting = asyncio.create_task(draft(rig, {"main.py": WAITS}, "patient", deadlineMs=60_000))
    await until(lambda: rig.list_pids() - before)
    # Not in the draft's copy of the folder.
    await rig.get("/", "patient")
    prepared = await rig.prepare({"main.py": WAITS}, "patient", deadlineMs=60_000)
    assert prepared["adopted"] is False
    with pytest.raises(Refused, match="superseded"):
        await drafting
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.get("/", "patient")).json() == "gone on"
    await until(lambda: len(rig.list_pids() - before) == 1)


RENAMED_AT_START = """
import contextlib
from fastapi import FastAPI

@contextlib.asynccontextmanager
async def lifespan(app):
    app.title = "after the start"
    yield

app = FastAPI(title="before", lifespan=lifespan)
"""


async def test_the_document_of_an_adopted_draft_is_the_one_of_a_started_app(rig: Rig) -> None:
    told = await draft(rig, {"main.py": RENAMED_AT_START}, "renamed")
    assert told["openapi"]["info"]["title"] == "before"
    prepared = await rig.prepare({"main.py": RENAMED_AT_START}, "renamed")
    assert prepared["adopted"] is True
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.get("/openapi.json", "renamed")).json()["info"]["title"] == "after the start"


FIRST_TIMES = """
import contextlib, linecache, sys, tokenize
from fastapi import FastAPI, Request

@contextlib.asynccontextmanager
async def lifespan(app):
    # From 3.12 on it is written in C.
    tokenizer = sys.version_info >= (3, 12) or tokenize._compile.cache_info().currsize > 0
    source = __file__ in linecache.cache
    yield {"done": {"source": source, "tokenizer": tokenizer}}

app = FastAPI(lifespan=lifespan)

@app.get("/")
def root(request: Request):
    return request.state.done
"""


async def test_what_the_framework_does_at_a_first_request_is_done_before_a_draft_is_deployed(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": FIRST_TIMES}
    await draft(rig, files, "warm")
    prepared = await rig.prepare(files, "warm")
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.get("/", "warm")).json() == {"source": True, "tokenizer": True}


BROKEN_ROUTES = """
from fastapi import FastAPI
from fastapi.routing import APIRoute
app = FastAPI()

@app.get("/")
def root(): return "here"

class Broken(list):
    def __iter__(self):
        yield from super().__iter__()
        raise RuntimeError("no more routes")

app.router.routes = Broken(app.router.routes)
"""


async def test_a_draft_whose_routes_cannot_be_listed_is_prepared_as_its_deployment_is(rig: Rig) -> None:
    assert (await draft(rig, {"main.py": BROKEN_ROUTES}, "routes"))["prepared"] is True
    prepared = await rig.prepare({"main.py": BROKEN_ROUTES}, "routes")
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.get("/", "routes")).json() == "here"


CHANGES: dict[str, dict[str, Any]] = {
    "other code": {"files": hello("changed")},
    "another environment": {"environment": {"A": "2"}},
    "another version of the environment": {"envVersion": 2},
}


@pytest.mark.parametrize("change", CHANGES)
async def test_another_key_is_unprepared(rig: Rig, change: str) -> None:
    await draft(rig, hello("typed"), "keys", environment={"A": "1"})
    changed = {"environment": {"A": "1"}} | CHANGES[change]
    files = changed.pop("files", hello("typed"))
    prepared = await rig.prepare(files, "keys", **changed)
    assert prepared["adopted"] is False
    again = await rig.prepare(hello("typed"), "keys", environment={"A": "1"})
    assert again["adopted"] is True


async def test_a_deploy_waits_for_a_draft_that_is_being_prepared(rig: Rig) -> None:
    slow = {"main.py": "import time\ntime.sleep(0.3)\n" + str(hello("slow")["main.py"])}
    drafting = asyncio.create_task(draft(rig, slow, "underway"))
    before = rig.list_pids()
    await until(lambda: rig.list_pids() - before)
    prepared = await rig.prepare(slow, "underway")
    assert prepared["adopted"] is True
    assert (await drafting)["prepared"] is True


async def test_a_draft_that_fails_says_how_and_is_no_failure_of_the_app(rig: Rig) -> None:
    await rig.deploy(hello("steady"), "drafted")
    with pytest.raises(Refused) as refused:
        await draft(rig, read_case("fail_raise"), "drafted")
    assert refused.value.code == "failed"
    assert refused.value.report["frames"][-1]["line"] == 5
    assert refused.value.report["output"][-1] == "KeyError: 'DATABASE_URL'"
    app = await rig.app("drafted")
    assert "failure" not in app
    assert not [line for line in rig.client.lines("drafted") if "DATABASE_URL" in line["text"]]


async def test_what_a_draft_prints_is_in_the_log_once_it_is_deployed(rig: Rig) -> None:
    files = read_case("talk")
    await draft(rig, files, "printing")
    assert rig.client.lines("printing") == []
    key = await rig.deploy(files, "printing")
    await rig.client.event("log", lambda log: any(line["text"] == "imported" for line in log["lines"]))
    line = next(line for line in rig.client.lines("printing") if line["text"] == "imported")
    assert line["generation"] == key["generation"]


async def test_the_newest_sequence_of_a_session_wins(rig: Rig) -> None:
    slow = {"main.py": "import time\ntime.sleep(9)\n"}
    before = rig.list_pids()
    older = asyncio.create_task(draft(rig, slow, "typing", sequence=5))
    await until(lambda: rig.list_pids() - before)
    assert (await draft(rig, hello("newer"), "typing", sequence=6))["prepared"] is True
    with pytest.raises(Refused, match="superseded"):
        await older
    with pytest.raises(Refused, match="superseded"):
        await draft(rig, hello("late"), "typing", sequence=4)
    assert (await rig.prepare(hello("newer"), "typing"))["adopted"] is True


async def test_an_app_has_two_drafts_at_most(rig: Rig) -> None:
    for session in ("a", "b", "c"):
        await draft(rig, hello(session), "two", session=session)
    adopted = [(await rig.prepare(hello(session), "two"))["adopted"] for session in ("a", "b", "c")]
    assert adopted == [False, True, True]


async def test_no_more_drafts_are_prepared_than_there_are_cores(own_rig: Rig) -> None:
    rig = own_rig
    slow = {"main.py": "import time\ntime.sleep(9)\n"}
    cores = len(os.sched_getaffinity(0))
    begun = [asyncio.create_task(draft(rig, slow, f"core{n}")) for n in range(cores)]
    await until(lambda: len(rig.list_pids()) == cores)
    with pytest.raises(Refused, match="busy"):
        await draft(rig, hello("one more"), "more")
    # A click is never told to wait.
    await rig.deploy(hello("clicked"), "more")
    # A newer text of the same session takes the older one's core.
    for number, older in enumerate(begun):
        assert (await draft(rig, hello("newer"), f"core{number}"))["prepared"] is True
        with pytest.raises(Refused, match="superseded"):
            await older


async def test_what_an_import_does_to_the_world_is_named_and_it_is_prepared_on_the_click_only(rig: Rig) -> None:
    files = read_case("effects_many")
    told = await draft(rig, files, "effects")
    assert told["prepared"] is False
    assert "binds door (main.py, line 11)" in told["reason"]
    places = {(effect["kind"], effect["file"], effect["line"]) for effect in told["sideEffects"]}
    wanted = {("bind", 11), ("connect", 14), ("spawn", 16), ("fork", 17), ("write", 20)}
    assert wanted <= {(kind, line) for kind, file, line in places if file == "main.py"}
    assert (await rig.prepare(files, "effects"))["adopted"] is False


@pytest.mark.parametrize("case", ["assets", "environment", "packages", "counted"])
async def test_an_ordinary_import_has_no_effects(rig: Rig, case: str) -> None:
    told = await draft(rig, read_case(case), "quiet", environment={"GREETING": "hi"})
    assert (told["sideEffects"], told["prepared"]) == ([], True)


async def test_a_draft_neither_writes_into_the_apps_folder_nor_is_adopted_when_it_tries(rig: Rig) -> None:
    creates = {"main.py": "import sqlite3\nsqlite3.connect('app.db').execute('create table t (x)')\n"}
    creates["main.py"] += str(hello("creates")["main.py"])
    told = await draft(rig, creates, "creates")
    assert told["sideEffects"] == [{"kind": "write", "detail": "app.db", "file": "main.py", "line": 2}]
    assert told["prepared"] is False
    assert told["routes"] == [{"method": "GET", "path": "/"}]
    folder = rig.state / "apps" / "creates"
    assert not (folder / "app.db").exists()
    await rig.deploy(creates, "creates")
    assert (folder / "app.db").exists()
    # The second time it fails, in the draft as in earnest: the draft sees a copy of the app's own files.
    with pytest.raises(Refused, match="table t already exists"):
        await draft(rig, creates, "creates")


LATER = """\
import threading, time
def work():
    time.sleep(1)
    open("acted", "w")
threading.Thread(target=work, daemon=True).start()
"""


async def test_a_draft_whose_thread_acts_later_is_ended_before_it_can(rig: Rig) -> None:
    files = {"main.py": LATER + str(hello("later")["main.py"])}
    before = rig.list_pids()
    assert (await draft(rig, files, "later"))["prepared"] is True
    await until(lambda: rig.list_pids() <= before)
    assert (await rig.prepare(files, "later"))["adopted"] is False


async def test_a_draft_that_reads_the_apps_files_is_not_adopted_for_they_may_change(rig: Rig) -> None:
    reads = {"main.py": "import os\nx = open('x').read() if os.path.exists('x') else ''\n"}
    reads["main.py"] += str(hello("reads")["main.py"])
    assert (await draft(rig, reads, "reads"))["prepared"] is True
    (rig.state / "apps" / "reads").mkdir(exist_ok=True)
    (rig.state / "apps" / "reads" / "x").write_text("data")
    told = await draft(rig, reads | {"other.py": ""}, "reads")
    assert told["prepared"] is False
    assert "reads files" in told["reason"]


async def test_an_adopted_draft_works_in_the_apps_own_folder_whatever_paths_it_made(rig: Rig) -> None:
    files = read_case("draft_paths")
    folder = rig.state / "apps" / "paths"
    for count in (1, 2):
        changed = files | {"static/a.txt": f"asset {count}"}
        assert (await draft(rig, changed, "paths"))["prepared"] is True
        await rig.deploy(changed, "paths")
        assert (await rig.get("/", "paths")).json() == {"count": count, "folder": str(folder)}
        assert (await rig.get("/static/a.txt", "paths")).text == f"asset {count}"
    assert (folder / "visits.txt").read_text() == "2"
    assert (folder / "seen.txt").read_text() == "xx"
    assert (folder / "relative.txt").read_text() == str(folder)


async def test_nothing_of_a_draft_is_left_when_it_ends(own_rig: Rig) -> None:
    rig = own_rig
    await draft(rig, hello("left"), "left")
    (child,) = rig.list_pids()
    assert list((rig.state / "views").iterdir())
    await rig.client.call("remove", appId="left", generation=1)
    await until(lambda: not is_alive(child) and not list((rig.state / "views").iterdir()))


@pytest.mark.parametrize("case", ["nested", "many", "hello", "packages", "long", "counted"])
async def test_the_cheap_routes_are_those_of_the_openapi_document(rig: Rig, case: str) -> None:
    told = await draft(rig, read_case(case), "routes")
    documented = [
        {"method": method.upper(), "path": path} for path, item in told["openapi"]["paths"].items() for method in item
    ]
    routes = (await rig.prepare(read_case(case), "routes", envVersion=7))["routes"]
    assert routes == told["routes"]
    assert sorted(map(str, routes)) == sorted(map(str, documented))
    assert list(dict.fromkeys(route["path"] for route in routes)) == list(told["openapi"]["paths"])


async def test_a_draft_brings_no_removed_app_back(rig: Rig) -> None:
    await rig.deploy(hello("gone"), "gone")
    await rig.client.call("remove", appId="gone", generation=next(rig.generations))
    with pytest.raises(Refused, match="stale_generation"):
        await draft(rig, hello("gone"), "gone")
    assert not Path(rig.socket("gone")).exists()
