from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from client import Client, Refused
from rig import PACKAGE, Rig, find_zygote, hello, read_case

pytestmark = pytest.mark.anyio
NONCE = "0123456789abcdef"


async def test_answers_after_prepare_and_activate(rig: Rig) -> None:
    prepared = await rig.prepare(read_case("hello"), "hello")
    assert prepared["routes"] == [{"method": "GET", "path": "/"}, {"method": "GET", "path": "/items/{item_id}"}]
    assert (await rig.app("hello"))["phase"] == "idle"
    assert (await rig.app("hello"))["candidate"]["digest"] == prepared["key"]["digest"]
    await rig.client.call("activate", **prepared["key"])
    answer = await rig.get("/items/3", "hello")
    assert answer.json() == {"item_id": 3}
    assert answer.headers["x-fapi-revision"] == prepared["key"]["digest"]
    assert "server" not in answer.headers
    app = await rig.app("hello")
    assert app["phase"] == "running"
    assert "candidate" not in app
    assert app["active"]["generation"] == prepared["key"]["generation"]


async def test_says_its_identity_before_any_user_code(rig: Rig) -> None:
    key = await rig.deploy(read_case("hostile"), "hostile")
    answer = await rig.get(f"/.fapi/identity?nonce={NONCE}", "hostile")
    assert answer.status_code == 200
    wanted = {"digest": key["digest"], "envVersion": 1, "generation": key["generation"], "nonce": NONCE}
    assert answer.json() == wanted
    assert (await rig.get("/.fapi/identity?nonce=short", "hostile")).status_code == 400
    assert (await rig.get("/.fapi/other", "hostile")).status_code == 404
    assert (await rig.get("/anything", "hostile")).status_code == 500


async def test_imports_packages_with_and_without_init_and_relative_names(rig: Rig) -> None:
    await rig.deploy(read_case("packages"), "packages")
    assert (await rig.get("/", "packages")).json() == {"name": "root"}
    assert (await rig.get("/items/", "packages")).json() == ["relative"]
    assert (await rig.get("/users/", "packages")).json() == ["user of relative"]


async def test_writes_nothing_into_the_code(rig: Rig) -> None:
    key = await rig.deploy(read_case("packages"), "clean")
    names = {path.name for path in (rig.state / "revisions" / key["digest"]).rglob("*")}
    assert "__pycache__" not in names


async def test_finds_its_assets_and_keeps_its_files_across_deploys(rig: Rig) -> None:
    files = read_case("assets")
    await rig.deploy(files, "assets")
    assert (await rig.get("/static/hello.txt", "assets")).text == "hello from a file\n"
    assert (await rig.get("/page", "assets")).text == "<h1>guest</h1>"
    assert (await rig.get("/visits", "assets")).json() == 1
    changed = {name: content for name, content in files.items() if name != "static/hello.txt"}
    await rig.deploy(changed | {"static/new.txt": "new", "extra.txt": "extra"}, "assets")
    assert (await rig.get("/static/new.txt", "assets")).text == "new"
    assert (await rig.get("/static/hello.txt", "assets")).status_code == 404
    assert (await rig.get("/visits", "assets")).json() == 2
    await rig.deploy(files, "assets")
    folder = rig.state / "apps" / "assets"
    assert not os.path.lexists(folder / "extra.txt")
    assert (folder / "visits.txt").read_text() == "2"


async def test_an_asset_that_is_read_at_import_is_the_new_one(rig: Rig) -> None:
    reads = "from fastapi import FastAPI\ntext = open('config.txt').read()\napp = FastAPI()\n"
    reads += "@app.get('/')\ndef root(): return text\n"
    for text in ("first", "second", "third"):
        await rig.deploy({"main.py": reads, "config.txt": text}, "config")
        assert (await rig.get("/", "config")).json() == text
    with pytest.raises(Refused, match="FileNotFoundError"):
        await rig.deploy({"main.py": reads}, "config")
    assert (await rig.get("/", "config")).json() == "third"


async def test_gives_the_app_its_own_environment_and_none_of_ours(rig: Rig) -> None:
    await rig.deploy(read_case("environment"), "env", environment={"GREETING": "hi"})
    answer = (await rig.get("/", "env")).json()
    assert answer["greeting"] == "hi"
    assert set(answer["names"]) <= {
        "GREETING",
        "HOME",
        "PATH",
        "LANG",
        "TZ",
        "MALLOC_ARENA_MAX",
        "PYTHONDONTWRITEBYTECODE",
    }


ENTRYPOINTS = {
    "annotated": "import fastapi\napp: fastapi.FastAPI = fastapi.FastAPI()",
    "alias": "from fastapi import FastAPI as F\napp = F()",
    "factory named create_app": "from fastapi import FastAPI\ndef create_app(): return FastAPI()",
    "factory named make_app": "from fastapi import FastAPI\ndef make_app(): return FastAPI()",
    "factory named app": "from fastapi import FastAPI\ndef app(): return FastAPI()",
    "guarded server": "import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n"
    "if __name__ == '__main__': uvicorn.run(app)",
    "plain function": "async def app(scope, receive, send):\n"
    "    assert scope['type'] == 'http'\n"
    "    await send({'type': 'http.response.start', 'status': 404, 'headers': []})\n"
    "    await send({'type': 'http.response.body'})",
    "callable object": "class App:\n"
    "    async def __call__(self, scope, receive, send):\n"
    "        await send({'type': 'http.response.start', 'status': 404, 'headers': []})\n"
    "        await send({'type': 'http.response.body'})\n"
    "app = App()",
}


@pytest.mark.parametrize("name", ENTRYPOINTS)
async def test_takes_every_shape_of_app(rig: Rig, name: str) -> None:
    await rig.deploy({"main.py": ENTRYPOINTS[name]}, "shapes")
    assert (await rig.get("/nothing", "shapes")).status_code == 404


ADDRESS = """
from fastapi import FastAPI, Request
app = FastAPI()

@app.get("/")
def root(request: Request):
    return request.scope["server"]
"""


async def test_an_app_sees_the_address_that_it_would_have_at_home(rig: Rig) -> None:
    await rig.deploy({"main.py": ADDRESS}, "address")
    assert (await rig.get("/", "address")).json() == ["127.0.0.1", 80]


async def test_takes_an_app_from_another_file(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": "from core import app", "core.py": hello("core")["main.py"]}
    await rig.deploy(files, "shapes")
    assert (await rig.get("/", "shapes")).json() == "core"


async def test_repeats_of_a_command_change_nothing(rig: Rig) -> None:
    prepared = await rig.prepare(read_case("hello"), "again")
    same = {"generation": prepared["key"]["generation"]}
    assert (await rig.prepare(read_case("hello"), "again", **same))["routes"] == prepared["routes"]
    await rig.client.call("activate", **prepared["key"])
    pid = (await rig.app("again"))["active"]["pid"]
    await rig.client.call("activate", **prepared["key"])
    assert (await rig.prepare(read_case("hello"), "again", **same))["routes"] == prepared["routes"]
    assert (await rig.app("again"))["active"]["pid"] == pid


async def test_a_newer_prepare_ends_the_older_candidate(rig: Rig) -> None:
    first = await rig.prepare(hello("first"), "newer")
    second = await rig.prepare(hello("second"), "newer")
    with pytest.raises(Refused, match="stale_generation"):
        await rig.client.call("activate", **first["key"])
    with pytest.raises(Refused, match="unprepared"):
        await rig.client.call("activate", **(second["key"] | {"digest": first["key"]["digest"]}))
    await rig.client.call("activate", **second["key"])
    assert (await rig.get("/", "newer")).json() == "second"


async def test_stop_keeps_the_listener_and_the_next_deploy_answers_who_waited(rig: Rig) -> None:
    await rig.deploy(hello("one"), "stopped")
    await rig.client.call("stop", appId="stopped", generation=next(rig.generations))
    assert (await rig.app("stopped"))["phase"] == "stopped"
    assert os.path.exists(rig.socket("stopped"))
    await rig.deploy(hello("two"), "stopped")
    assert (await rig.get("/", "stopped")).json() == "two"


async def test_a_hidden_app_has_no_route_until_it_serves_again_and_keeps_its_folder(own_rig: Rig) -> None:
    rig = own_rig
    await rig.deploy(hello("one"), "hidden")

    async def listed() -> list[str]:
        gateway = await Client.connect(rig.state / "agent.sock", "gateway")
        await gateway.call("watchRoutes")
        table = await gateway.event("routes")
        await gateway.close()
        return [route["appId"] for route in table["routes"]]

    for is_hidden, expected in ((True, []), (False, ["hidden"]), (True, [])):
        await rig.client.call("stop", appId="hidden", generation=next(rig.generations), isHidden=is_hidden)
        assert await listed() == expected
        assert (await rig.app("hidden"))["phase"] == "stopped"
    await rig.kill()
    await rig.boot()
    assert await listed() == []
    assert (rig.state / "apps" / "hidden").exists()
    await rig.deploy(hello("two"), "hidden")
    assert await listed() == ["hidden"]
    assert (await rig.get("/", "hidden")).json() == "two"


async def test_remove_leaves_nothing_and_an_older_prepare_cannot_bring_it_back(rig: Rig) -> None:
    key = await rig.deploy(hello("gone"), "removed")
    for _ in range(2):
        await rig.client.call("remove", appId="removed", generation=next(rig.generations))
    assert not os.path.exists(rig.socket("removed"))
    assert not (rig.state / "apps" / "removed").exists()
    with pytest.raises(Refused, match="unknown_app"):
        await rig.app("removed")
    with pytest.raises(Refused, match="stale_generation"):
        await rig.prepare(hello("gone"), "removed", generation=key["generation"])


def run_agent(state: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fapi_runner", "agent", "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may look; for others inherited_descriptors looks from inside")
async def test_a_child_has_no_socket_of_the_agent_but_the_listener(rig: Rig) -> None:
    await rig.deploy(read_case("hello"), "sockets")
    child = list_sockets((await rig.app("sockets"))["active"]["pid"])
    assert len(child & list_sockets(rig.ready["pid"])) == 1
    assert not child & list_sockets(find_zygote(rig))


def list_sockets(pid: int) -> set[str]:
    found = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        # It goes on meanwhile: what it had open a moment ago may be closed.
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(path))
    return {link for link in found if link.startswith("socket:")}


async def test_a_second_agent_on_the_same_folder_says_so(rig: Rig) -> None:
    ended = await asyncio.to_thread(run_agent, rig.state)
    assert ended.returncode == 2
    assert ended.stderr == f"Another agent holds the state folder {rig.state}.\n"


def test_a_folder_with_too_long_a_path_is_refused_with_a_sentence(tmp_path: Path) -> None:
    ended = run_agent(tmp_path / ("x" * 100))
    assert ended.returncode == 2
    assert "too long a path" in ended.stderr
