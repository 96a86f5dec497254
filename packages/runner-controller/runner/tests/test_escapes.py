"""Every way out that we know, tried at every level that claims to hold it, while a neighbour goes on answering."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from agents import list_kinds
from bare import attack_bare
from world import ESCAPES, SHARED, World, name_missing, open_world

pytestmark = pytest.mark.anyio
CASES = sorted(path.stem for path in ESCAPES.iterdir() if path.name not in SHARED and path.name != "__pycache__")

# Which layer holds a case: any one of these is enough. What is not listed is the filter's of system calls.
FILES = {"read-only-root", "landlock", "own-uid"}
MACHINE = {"read-only-root", "landlock"}
PROCESSES = {"namespaces", "landlock", "own-uid"}
ALWAYS = {"session"}
HELD_BY = {
    **dict.fromkeys(("read_other_app", "read_state", "list_other_apps", "read_pathlib", "read_static_files"), FILES),
    **dict.fromkeys(("read_file_response", "read_url_file", "read_symlink", "read_hard_link", "read_dot_dot"), FILES),
    **dict.fromkeys(("read_proc_root", "write_code", "write_other_app", "write_site_packages", "write_sysctl"), FILES),
    **dict.fromkeys(("write_code_mode", "chmod_of_others"), FILES),
    **dict.fromkeys(("read_host_file", "write_logging", "write_host_folder", "use_tmp_of_host", "devices"), MACHINE),
    **dict.fromkeys(("landlock_undone",), MACHINE),
    **dict.fromkeys(("environ_of_others", "memory_of_others"), PROCESSES),
    **dict.fromkeys(("kill_by_pid", "kill_all", "kill_by_pidfd", "kill_by_descriptor_owner"), PROCESSES),
    **dict.fromkeys(("environ_own", "format_walk", "memory_own_scan", "inherited_descriptors"), ALWAYS),
    "own_library": {"read-only-root"},
    "become_root": {"capabilities"},
}

# Those that hurt nobody where nothing holds them: each is seen to work there, or it would be refused for being broken.
HARMLESS = [case for case in CASES if case.startswith(("exec_", "read_", "tcp_", "udp_", "write_", "abstract_"))]
HARMLESS += ["host_datagram", "list_other_apps", "uvloop_connect"]
if os.getuid() == 0:
    HARMLESS += ["io_uring", "raw_socket", "user_namespace"]
for harmful in ("read_handle", "write_site_packages", "write_sysctl"):
    HARMLESS.remove(harmful)

# Of these, the filter of system calls holds less in an app that may connect somewhere.
NETWORK = [case for case in CASES if case.startswith(("tcp_", "udp_", "raw_", "abstract_", "agent_", "neighbour_"))]
NETWORK += ["host_datagram", "io_uring", "metadata", "name_lookup", "uvloop_connect"]


def read_escape(case: str) -> dict[str, str | bytes]:
    root = ESCAPES / case
    paths = [path for path in root.iterdir() if path.is_file()] if root.is_dir() else [root.with_suffix(".py")]
    return {"attack.py" if path.stem == case else path.name: path.read_bytes() for path in paths}


@pytest.fixture(scope="module", params=list_kinds(), ids=str)
async def world(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[World]:
    async with open_world(request.param, "--blanks", "0") as world:
        yield world


async def test_the_level_is_reached(world: World) -> None:
    isolation = world.rig.client.hello["isolation"]
    assert isolation["level"] == world.kind.limit
    assert all(layer["active"] or layer["reason"] for layer in isolation["layers"])


@pytest.mark.parametrize("case", HARMLESS)
def test_an_attack_is_one(case: str) -> None:
    assert "got" in attack_bare(read_escape(case))


@pytest.mark.parametrize("case", CASES)
async def test_no_way_out(world: World, case: str) -> None:
    holders = HELD_BY.get(case, {"seccomp"})
    if not world.layers & holders:
        pytest.skip(f"{name_missing(holders)} would hold it")
    answer = await world.attack(read_escape(case))
    assert "refused" in answer, answer
    await world.check()
    await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))


@pytest.mark.parametrize("case", NETWORK)
async def test_no_way_out_beside_a_grant(world: World, case: str) -> None:
    if "egress" not in world.layers:
        pytest.skip(f"{name_missing({'egress'})} would let it be granted something")
    # Of the ports that it attacks, at another address.
    egress = [
        {"host": host, "port": world.tcp.getsockname()[1]} for host in ("203.0.113.1", "2001:db8::1", "db.example")
    ]
    answer = await world.attack(read_escape(case), egress=egress)
    assert "refused" in answer, answer
    await world.check()
    await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))
