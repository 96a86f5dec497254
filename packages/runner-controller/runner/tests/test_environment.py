from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from client import Refused
from rig import Rig, find_zygote, hello, read_case, until

pytestmark = pytest.mark.anyio

SECRET = "value-that-is-nowhere-else"


def search_memory(pid: int, value: bytes) -> bool:
    """Say whether a process has these bytes anywhere."""
    with open(f"/proc/{pid}/mem", "rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if match is None or "[v" in line:
                continue
            memory.seek(int(match[1], 16))
            try:
                found = value in memory.read(int(match[2], 16) - int(match[1], 16))
            except OSError:
                continue
            if found:
                return True
    return False


def read_start(pid: int) -> bytes:
    """Return what anybody with a look at the process list may see."""
    return Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()


async def test_a_secret_is_in_its_child_and_nowhere_else(own_rig: Rig) -> None:
    rig = own_rig
    await rig.deploy(read_case("environment"), environment={"GREETING": SECRET})
    await rig.deploy(hello("other"), "other")
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": "import nothing"}, "broken", environment={"GREETING": SECRET})
    assert (await rig.get("/")).json()["greeting"] == SECRET
    zygote, own, other = find_zygote(rig), *[(await rig.app(name))["active"]["pid"] for name in ("app", "other")]
    for pid in (rig.ready["pid"], zygote, own, other):
        assert SECRET.encode() not in read_start(pid)
    assert search_memory(own, SECRET.encode())
    assert not search_memory(zygote, SECRET.encode())
    assert not search_memory(other, SECRET.encode())
    told = [refused.value.report, rig.client.events, await rig.client.call("status"), await rig.client.call("metrics")]
    assert SECRET not in json.dumps(told)
    await rig.read_kept()
    files = [path for path in rig.state.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert files == [rig.state / "state.json"]
    assert files[0].stat().st_mode & 0o777 == 0o600


async def test_a_stopped_app_leaves_no_secret_on_disk_and_a_removed_one_neither(own_rig: Rig) -> None:
    rig = own_rig
    await rig.deploy(read_case("environment"), environment={"GREETING": SECRET})
    assert SECRET in await rig.read_kept()
    await rig.deploy(read_case("environment"), environment={"GREETING": "harmless"})
    assert SECRET in await rig.read_kept()  # of the former release, which may come back
    await rig.client.call("stop", appId="app", generation=next(rig.generations))
    assert SECRET not in await rig.read_kept()
    with pytest.raises(Refused) as refused:
        await rig.client.call("rollback", appId="app", generation=next(rig.generations))
    assert refused.value.code == "unprepared"
    key = await rig.deploy(read_case("environment"), environment={"GREETING": SECRET})
    await rig.client.call("remove", appId=key["appId"], generation=next(rig.generations))
    assert SECRET not in await rig.read_kept()


async def test_an_app_sees_its_own_variables_and_none_of_the_runner(rig: Rig) -> None:
    await rig.deploy(read_case("environment"), "seen", environment={"GREETING": "hello"})
    names = (await rig.get("/", "seen")).json()["names"]
    assert set(names) - {"LANG", "TZ"} == {"GREETING", "HOME", "MALLOC_ARENA_MAX", "PATH", "PYTHONDONTWRITEBYTECODE"}


async def test_a_new_environment_is_a_swap_of_the_same_code(rig: Rig) -> None:
    first = await rig.deploy(read_case("environment"), "swap", environment={"GREETING": "one"}, envVersion=1)
    greetings: list[str] = []
    is_over = asyncio.Event()

    async def ask() -> None:
        async with rig.http("swap") as http:
            while not is_over.is_set():
                answer = await http.get("/")
                assert answer.status_code == 200
                greetings.append(answer.json()["greeting"])

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(ask())
        await until(lambda: "one" in greetings)
        second = await rig.deploy(read_case("environment"), "swap", environment={"GREETING": "two"}, envVersion=2)
        await until(lambda: "two" in greetings)
        is_over.set()
    assert second["digest"] == first["digest"]
    assert set(greetings) == {"one", "two"}
    identity = (await rig.get("/.fapi/identity?nonce=0123456789abcdef", "swap")).json()
    assert (identity["digest"], identity["envVersion"]) == (first["digest"], 2)
    assert (await rig.app("swap"))["active"]["envVersion"] == 2
    assert [row["digest"] for row in (await rig.client.call("metrics", appId="swap"))["apps"][0]["revisions"]] == [
        first["digest"],
        first["digest"],
    ]
