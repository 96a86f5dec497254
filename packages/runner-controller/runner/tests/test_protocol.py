from __future__ import annotations

import asyncio
import io
import struct
import tarfile

import pytest
from agents import make_state
from client import Client, Refused, digest_of, pack
from rig import Rig, delete_state, hello

pytestmark = pytest.mark.anyio


async def test_hello_tells_who_is_there(rig: Rig) -> None:
    facts = rig.client.hello
    assert facts["agentId"] == rig.ready["agentId"]
    assert facts["identity"] == rig.ready["identity"]
    assert set(facts["stack"]) == {"fastapi", "starlette", "pydantic", "uvicorn"}
    assert facts["packages"].items() >= facts["stack"].items()
    assert list(facts["packages"]) == sorted(facts["packages"])
    assert {"httpx", "sqlmodel", "pydantic-settings"} <= set(facts["packages"])
    layers = {layer["name"]: layer for layer in facts["isolation"]["layers"]}
    assert layers["rlimits"]["active"] is True
    assert all(layer["active"] or layer["reason"] for layer in layers.values())
    assert layers["folder-quota"]["reason"]


LIMITS = {
    "namespaces": 3,
    "read-only-root": 3,
    "landlock": 2,
    "seccomp": 1,
    "capabilities": 1,
}


@pytest.mark.parametrize("limit", range(4))
async def test_no_level_above_the_limit_is_tried_and_each_missing_layer_has_its_reason(limit: int) -> None:
    state = make_state()
    rig = await Rig.start(state, "--isolation-limit", str(limit))
    isolation = rig.client.hello["isolation"]
    assert isolation["level"] <= limit
    for layer in isolation["layers"]:
        if layer["name"] in LIMITS and limit < LIMITS[layer["name"]]:
            assert layer["active"] is False
            assert layer["reason"]
    await rig.deploy(hello("still served"))
    assert (await rig.get("/")).json() == "still served"
    await rig.close()
    delete_state(state)


WRITES = """
from pathlib import Path
from fastapi import FastAPI

app = FastAPI()
with open("count", "a") as file:
    file.write("x")

@app.get("/")
def read_root():
    return Path("count").read_text()
"""


async def test_a_folder_is_written_to_again_at_another_level() -> None:
    state = make_state()
    for times, limit in enumerate(("3", "2", "0", "3"), 1):
        rig = await Rig.start(state, "--isolation-limit", limit)
        await rig.deploy({"main.py": WRITES}, generation=times)
        assert (await rig.get("/")).json() == "x" * times
        await rig.client.call("stop", appId="app", generation=times)
        await rig.close()
    delete_state(state)


BAD_FRAMES = {
    "a header over the limit": struct.pack("!II", (1 << 20) + 1, 0),
    "a body over the limit": struct.pack("!II", 2, (64 << 20) + 1),
    "no JSON": struct.pack("!II", 4, 0) + b"nope",
    "no object": struct.pack("!II", 2, 0) + b"[]",
    "deep nesting": struct.pack("!II", 200_000, 0) + b"[" * 200_000,
    "no request": struct.pack("!II", 2, 0) + b"{}",
}


@pytest.mark.parametrize("frame", BAD_FRAMES)
async def test_a_bad_frame_closes_the_connection_and_nothing_else(rig: Rig, frame: str) -> None:
    reader, writer = await asyncio.open_unix_connection(rig.state / "agent.sock")
    writer.write(BAD_FRAMES[frame])
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    assert "apps" in await rig.client.call("status")


async def test_the_first_request_must_be_hello(rig: Rig) -> None:
    client = Client(*await asyncio.open_unix_connection(rig.state / "agent.sock"))
    with pytest.raises(Refused, match="bad_request"):
        await client.call("status")
    with pytest.raises(Refused, match="unsupported_protocol"):
        await client.call("hello", protocol=2, role="controller")
    with pytest.raises(Refused, match="role must be"):
        await client.call("hello", protocol=1, role="visitor")
    await client.close()


VALID = {
    "appId": "p",
    "host": "h",
    "generation": 1,
    "digest": "d",
    "envVersion": 0,
    "environment": {},
    "deadlineMs": 1000,
}
WRONG = [
    ("appId", None),
    ("appId", "../up"),
    ("appId", 3),
    ("host", ""),
    ("generation", -1),
    ("generation", True),
    ("generation", "1"),
    ("digest", ".hidden"),
    ("envVersion", 1.5),
    ("environment", []),
    ("environment", {"A": 1}),
    ("environment", {"A=B": "c"}),
    ("deadlineMs", 0),
    ("egress", "all"),
    ("egress", ["host:80"]),
    ("egress", [{"host": "db.example", "port": 70_000}]),
    ("egress", [{"host": "db.example", "port": 5432}] * 51),
    ("egress", [{"host": "db.example:5432", "port": 5432}]),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
async def test_a_wrong_field_is_named(rig: Rig, field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        await rig.client.call("prepare", **(VALID | {field: value}))
    assert refused.value.code == "bad_request"
    assert refused.value.message.startswith(field)


async def test_unknown_things_are_named(rig: Rig) -> None:
    with pytest.raises(Refused, match="bad_request: There is no method 'dance'"):
        await rig.client.call("dance")
    with pytest.raises(Refused, match="unknown_revision"):
        await rig.client.call("prepare", **VALID)
    with pytest.raises(Refused, match="unknown_revision"):
        await rig.client.call("validate", digest="none")
    with pytest.raises(Refused, match="unknown_app"):
        await rig.client.call("activate", appId="none", generation=1, digest="d")
    assert (await rig.client.call("remove", appId="none", generation=1)) == {}


async def test_an_older_generation_is_refused(rig: Rig) -> None:
    key = await rig.deploy(hello("now"), "fenced")
    older = key["generation"] - 1
    with pytest.raises(Refused, match="stale_generation"):
        await rig.prepare(hello("before"), "fenced", generation=older)
    for method in ("stop", "remove"):
        with pytest.raises(Refused, match="stale_generation"):
            await rig.client.call(method, appId="fenced", generation=older)
    assert (await rig.get("/", "fenced")).json() == "now"


async def test_an_overtaken_controller_may_look_and_not_act(own_rig: Rig) -> None:
    rig = own_rig
    newer = await Client.connect(rig.state / "agent.sock", epoch=2)
    with pytest.raises(Refused, match="stale_epoch"):
        await rig.deploy(hello("old controller"))
    assert (await rig.client.call("status")) == {"apps": []}
    with pytest.raises(Refused, match="stale_epoch"):
        await Client.connect(rig.state / "agent.sock", epoch=1)
    await newer.call("shutdown")
    await rig.process.wait()
    await newer.close()


async def test_a_gateway_may_not_act(rig: Rig) -> None:
    gateway = await Client.connect(rig.state / "agent.sock", "gateway")
    with pytest.raises(Refused, match="Only a controller"):
        await gateway.call("shutdown")
    await gateway.close()


async def test_put_keeps_a_revision_once(rig: Rig) -> None:
    body = pack({"main.py": "app = None"})
    digest = digest_of(body)
    assert (await rig.client.call("has", digest=digest)) == {"have": False}
    for _ in range(2):
        await rig.client.call("put", body, digest=digest, sha256=digest)
    assert (await rig.client.call("has", digest=digest)) == {"have": True}
    with pytest.raises(Refused, match="sha256"):
        await rig.client.call("put", body + b"x", digest="other", sha256=digest)
    with pytest.raises(Refused, match="no tar"):
        await rig.client.call("put", b"x" * 2000, digest="other", sha256=digest_of(b"x" * 2000))


def one_entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, target
        archive.addfile(entry)
    return buffer.getvalue()


HOSTILE = {
    "absolute": one_entry("/etc/passwd"),
    "parent": one_entry("a/../../b"),
    "symlink": one_entry("link", tarfile.SYMTYPE, "/etc"),
    "hard link": one_entry("link", tarfile.LNKTYPE, "main.py"),
    "device": one_entry("null", tarfile.CHRTYPE),
    "fifo": one_entry("pipe", tarfile.FIFOTYPE),
    "twice": pack({"a.py": "1"})[:1024] + pack({"a.py": "2"}),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_tar_is_refused_and_leaves_nothing(rig: Rig, name: str) -> None:
    body = HOSTILE[name]
    with pytest.raises(Refused, match="bad_request"):
        await rig.client.call("put", body, digest="hostile", sha256=digest_of(body))
    assert (await rig.client.call("has", digest="hostile")) == {"have": False}
    assert not list((rig.state / "revisions").glob(".new-*"))
