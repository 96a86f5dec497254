"""An agent under attack: what an escape would touch, and a neighbour that must go on answering."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from agents import Kind, find_python, make_state
from rig import Rig, delete_state, find_zygote, is_alive, read_case, until

ESCAPES = Path(__file__).parent / "escapes"
SHARED = ("main.py", "target.py")


class World:
    """An agent, a neighbour that must go on answering, and what an escape would touch."""

    def __init__(self, rig: Rig, kind: Kind) -> None:
        self.rig = rig
        self.kind = kind
        self.folder = Path(tempfile.mkdtemp(prefix="fapi-host-"))
        self.folder.chmod(0o777)
        (self.folder / "file").write_text("of the machine")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        name = self.folder.name
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{name}")
        self.abstract.listen()
        self.datagrams = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
        self.datagrams[0].bind(f"\0{name}-datagrams")
        self.datagrams[1].bind(str(self.folder / "datagrams"))
        (self.folder / "datagrams").chmod(0o777)
        self.memory = ctypes.CDLL(None).shmget(os.getpid(), 4096, 0o1666)
        self.sockets = [self.tcp, self.udp, self.abstract, *self.datagrams]
        for sock in self.sockets:
            sock.setblocking(False)
        self.layers = {layer["name"] for layer in rig.client.hello["isolation"]["layers"] if layer["active"]}
        self.answers = 0
        self.failures: list[str] = []
        self.neighbour = 0
        self.zygote = find_zygote(rig)
        self._asking: asyncio.Task[None]

    async def begin(self) -> None:
        variable = {"VARIABLE": "neighbours-variable"}
        await self.rig.deploy(read_case("neighbour"), "neighbour", environment=variable)
        self.neighbour = (await self.rig.app("neighbour"))["active"]["pid"]
        self._asking = asyncio.create_task(self._ask())

    def stop_asking(self) -> None:
        self._asking.cancel()

    async def end(self) -> None:
        self.stop_asking()
        for sock in self.sockets:
            sock.close()
        ctypes.CDLL(None).shmctl(self.memory, 0, None)
        shutil.rmtree(self.folder)

    async def attack(
        self, files: dict[str, str | bytes], app_id: str = "attack", timeout: float = 10, **changed: Any
    ) -> dict:
        environment = {
            "AGENT": str(self.rig.ready["pid"]),
            "ZYGOTE": str(self.zygote),
            "NEIGHBOUR": str(self.neighbour),
            "TEST": str(os.getpid()),
            "TCP_PORT": str(self.tcp.getsockname()[1]),
            "UDP_PORT": str(self.udp.getsockname()[1]),
            "STATE": str(self.rig.state),
            "HOST_FOLDER": str(self.folder),
            "ABSTRACT": self.folder.name,
        }
        shared = {name: (ESCAPES / name).read_bytes() for name in SHARED}
        await self.rig.deploy({**shared, **files}, app_id, environment=environment, **changed)
        async with self.rig.http(app_id) as http:
            return (await http.get("/attack", timeout=timeout)).json()

    async def check(self) -> None:
        """Assert that everything outside of the attacking app is as it was."""
        asked = self.answers
        await until(lambda: self.answers > asked + 1)
        assert self.failures == []
        assert is_alive(self.rig.ready["pid"])
        assert find_zygote(self.rig) == self.zygote
        assert (await self.rig.app("neighbour"))["active"]["pid"] == self.neighbour
        state = self.rig.state
        assert (state / "apps" / "neighbour" / "secret").read_text() == "of the neighbour"
        assert stat.S_IMODE((state / "apps" / "neighbour").stat().st_mode) == 0o700
        assert {stat.S_IMODE((state / name).stat().st_mode) for name in ("agent.sock", "state.json")} == {0o600}
        assert sorted(path.name for path in self.folder.iterdir()) == ["datagrams", "file"]
        for sock in self.sockets:
            with contextlib.suppress(BlockingIOError):
                got = sock.accept() if sock in (self.tcp, self.abstract) else sock.recv(100)
                raise AssertionError(f"{sock} was reached: {got}")

    async def _ask(self) -> None:
        async with self.rig.http("neighbour") as http:
            while True:
                try:
                    answer = await http.get("/")
                    if answer.json() != "here":
                        self.failures.append(answer.text)
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                self.answers += 1
                await asyncio.sleep(0.01)


def name_missing(layers: set[str]) -> str:
    """Say that a level has none of these layers, and so does not claim to hold what they do."""
    return f"missing here: {' or '.join(sorted(layers))}, which"


@asynccontextmanager
async def open_world(kind: Kind, *options: str, python: str | None = None) -> AsyncIterator[World]:
    python = python or find_python()
    state = make_state(kind.user)
    limit = ("--isolation-limit", str(kind.limit))
    rig = await Rig.start(state, *limit, *options, python=python, user=kind.user, secret="agent-key")
    world = World(rig, kind)
    await world.begin()
    yield world
    await world.end()
    await rig.close()
    await until(lambda: not list_processes(state))
    delete_state(state)


def list_processes(state: Path) -> list[int]:
    """Return every process that descends from this state folder's agent, whatever became of its parents."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if os.fsencode(state) in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found
