"""Where no control group bounds it, an app and all that it has started may hold so much together."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator

import httpx
import pytest
from agents import Kind, find_python, list_kinds, make_state
from client import Refused
from rig import Rig, delete_state, hello, read_case

pytestmark = pytest.mark.anyio
LIMIT_BYTES = 1536 << 20
# With one, an app may make TCP sockets. Of the ports that the kernel chooses for a server it is an odd one.
PORT = 40_001
GRANTS = [{"host": "shop.example", "port": PORT}]


# Root has control groups wherever it may make them.
KINDS = [kind for kind in list_kinds() if kind.limit >= 2 and (kind.user is not None or os.getuid() != 0)]


@pytest.fixture(scope="module", params=KINDS, ids=str)
async def rig(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Rig]:
    kind: Kind = request.param
    state = make_state(kind.user)
    options = ("--isolation-limit", str(kind.limit))
    rig = await Rig.start(state, *options, python=find_python(), user=kind.user)
    if any(layer["name"] == "cgroup" and layer["active"] for layer in rig.client.hello["isolation"]["layers"]):
        await rig.close()
        delete_state(state)
        pytest.skip("a control group bounds the memory here")
    yield rig
    await rig.close()
    delete_state(state)


async def start(rig: Rig, app_id: str, way: str, **params: int) -> None:
    async with rig.http(app_id) as http:
        with contextlib.suppress(httpx.HTTPError):  # it may have been ended before it could answer
            await http.get(f"/{way}", params=params, timeout=30)


WAYS = {
    "children": {"workers": 6, "mebibytes": 400},
    "orphans": {"workers": 6, "mebibytes": 400},
    "headless": {"workers": 6, "mebibytes": 400},
    "rewrite": {"workers": 5},
    "mapped": {"workers": 6},
    "tables": {"workers": 4},
    "sockets": {"workers": 4},
    "connections": {"workers": 4, "port": PORT},
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_family_that_holds_too_much_is_ended_and_says_how_much(rig: Rig, way: str) -> None:
    if way in ("sockets", "connections"):
        skip_without_network(rig)
    await rig.deploy(hello("here"), "neighbour")
    app_id = f"hog-{way}"
    await rig.deploy(read_case("family"), app_id, egress=GRANTS if way == "connections" else [])
    await start(rig, app_id, way, **WAYS[way])
    report = (await rig.wait_for_failure(app_id))["report"]
    assert report["class"] == "memory"
    assert report["limitBytes"] == LIMIT_BYTES
    assert report["peakBytes"] > LIMIT_BYTES
    assert "Its limit is 1536 MiB." in report["message"]
    assert (await rig.get("/", "neighbour")).json() == "here"
    # It is started again, and nothing of the former family is left.
    await rig.wait_until_running(app_id)
    assert (await rig.get("/hidden", app_id)).status_code == 200


def skip_without_network(rig: Rig) -> None:
    if not any(layer["name"] == "namespaces" and layer["active"] for layer in rig.client.hello["isolation"]["layers"]):
        pytest.skip("its sockets cannot be told from the machine's here")


async def test_a_connection_takes_no_more_than_its_ends_count_for(rig: Rig) -> None:
    skip_without_network(rig)
    await rig.deploy(read_case("family"), "unheard", egress=GRANTS)
    assert 0 < (await rig.get(f"/unheard?port={PORT}", "unheard")).json() <= 2 * (208 << 10)


async def test_workers_that_share_what_their_parent_loaded_are_no_hog(rig: Rig) -> None:
    await rig.deploy(read_case("family"), "sharing")
    await start(rig, "sharing", "load", mebibytes=500)
    pid = (await rig.app("sharing"))["active"]["pid"]
    await start(rig, "sharing", "idle", workers=8)
    # Whoever ended this one has looked at the other as well.
    await rig.deploy(read_case("family"), "hog-seen")
    await start(rig, "hog-seen", "children", workers=6, mebibytes=400)
    await rig.wait_for_failure("hog-seen")
    assert (await rig.app("sharing"))["active"]["pid"] == pid
    await rig.client.call("remove", appId="sharing", generation=next(rig.generations))


async def test_no_memory_can_be_had_that_is_not_seen(rig: Rig) -> None:
    await rig.deploy(read_case("family"), "hides")
    assert (await rig.get("/hidden", "hides")).json() == []


async def test_a_draft_is_bounded_as_well(rig: Rig) -> None:
    source = "import os, time\n" + (
        "for _ in range(6):\n"
        "    if os.fork() == 0:\n"
        "        hog = bytearray(os.urandom(1 << 20) * 400)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)\n"
    )
    digest = await rig.put({"main.py": source})
    asked = {"appId": "drafted", "host": "drafted.localhost", "session": "s", "sequence": 1, "digest": digest}
    with pytest.raises(Refused) as refused:
        await rig.client.call("draft", **asked, envVersion=1, environment={}, deadlineMs=30_000)
    assert refused.value.report["class"] == "memory"
