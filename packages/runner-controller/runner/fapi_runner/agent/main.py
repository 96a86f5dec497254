"""Puts the agent together, runs it, and takes it apart."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import resource
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

from fapi_runner.agent import commands
from fapi_runner.agent.children.elbowroom import Child, Elbowroom
from fapi_runner.agent.children.family_memory import FamilyMemory
from fapi_runner.agent.children.strain import Strain
from fapi_runner.agent.connection import Connection
from fapi_runner.agent.disk.collector import Collector
from fapi_runner.agent.disk.folder import Folder
from fapi_runner.agent.disk.quota import MEBIBYTE, Quota
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.options import Options
from fapi_runner.agent.scales import Scales
from fapi_runner.agent.serving.apps import Apps
from fapi_runner.agent.serving.parting import plan_parting
from fapi_runner.agent.site import Site
from fapi_runner.libc import PR_SET_DUMPABLE, prctl
from fapi_runner.protocol import Json
from fapi_runner.stack import compute_identity, find_packages, find_versions

TICK_S = 1.0


def run_agent(state: Path, options: Options, find_site: Callable[[Folder], Site], vault: Path | None = None) -> int:
    """Hold the apps of one state folder until told to end or left alone too long."""
    # No process of the same user may look into this memory.
    prctl(PR_SET_DUMPABLE, 0)
    folder = Folder(state, vault)
    # A dozen descriptors per child: the usual soft limit of 1,024 would end at eighty apps.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_run(folder, options, find_site(folder)))
    return 0


async def _run(folder: Folder, options: Options, site: Site) -> None:
    agent = Agent(folder, options, site)
    try:
        await agent.run()
    finally:
        await agent.close()


class Agent:
    """One agent: the rooms, the peers, and the reasons to end."""

    def __init__(self, folder: Folder, options: Options, site: Site) -> None:
        self.agent_id = secrets.token_hex(8)
        self.apps = Apps()
        self.grounds = Grounds(folder, self.apps.list_routes, options, site)
        children = self.grounds.nursery.list_processes
        room = None if options.folder_room_mebibytes is None else options.folder_room_mebibytes * MEBIBYTE
        self._quota = Quota(folder.root, options.folder_mebibytes * MEBIBYTE, self.grounds.tenants, children, room)
        self.scales = Scales(children, self._quota)
        self.collector = Collector(self.grounds.revisions, options.revisions, self.apps.list_digests)
        self._strain = Strain()
        self._elbowroom = Elbowroom()
        self._identity = compute_identity()
        self._versions = find_versions()
        self._packages = find_packages()
        self._isolation: Json = {}
        self._folder = folder
        self._site = site
        self._peers: dict[Connection, asyncio.Task[None] | None] = {}
        self._last_controller = asyncio.get_running_loop().time()
        self._over = asyncio.Event()
        self._parting: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._part)
        await self._site.open(self)
        self._isolation = await self.grounds.nursery.find_isolation()
        self._isolation["layers"].append(self._quota.describe(self.grounds.nursery.zygote_pid))
        self._isolation["layers"] = self._site.describe_layers(self._isolation["layers"])
        self.apps.resume(self.grounds)
        self.collector.collect_later()
        watches = [asyncio.create_task(watch) for watch in (self._quota.run(), self.apps.watch())]
        if not any(layer["name"] == "cgroup" and layer["active"] for layer in self._isolation["layers"]):
            sums = FamilyMemory(self.grounds.nursery.list_processes)
            watches.append(asyncio.create_task(sums.run()))
        await self._site.listen(self._meet)
        facts = {"agentId": self.agent_id, "identity": self._identity}
        self._folder.announce(facts)
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"ready": True, "pid": os.getpid(), **facts, **self._site.describe()}), flush=True)  # noqa: T201
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), TICK_S)
            self.grounds.logs.flush()
            apps = self.apps.choose(None)
            self._strain.look([subject for app in apps for subject in app.list_subjects()])
            serving: dict[Child, Callable[[bool], None]] = {
                app.seat.active.process: app.tell_core for app in apps if app.seat.active is not None
            }
            self._elbowroom.look(self.grounds.nursery.list_processes(), serving)
            self._end_when_orphaned()
        for watching in watches:
            watching.cancel()
        self._site.close()

    async def close(self) -> None:
        """End every child, then say goodbye to the peers."""
        self._folder.leave()
        if self._parting is not None:
            self._parting.cancel()
        self.collector.close()
        for app in self.apps.choose(None):
            app.close()
        await self.grounds.sessions.close()
        await self.grounds.nursery.close()
        meetings = [task for task in self._peers.values() if task is not None]
        for peer in list(self._peers):
            peer.close()
        if meetings:
            await asyncio.wait(meetings, timeout=1)

    def end(self) -> None:
        """Have the agent end."""
        self._over.set()

    def is_able(self) -> bool:
        """Say whether those children wait that should wait for their orders."""
        return self.grounds.nursery.is_able()

    async def is_serving(self) -> bool:
        """Say whether there are apps and each would answer a guest: by who serves, or by who wakes for it."""
        return await self.apps.is_serving()

    async def drain(self, grace_s: float) -> None:
        """Send every guest away and end who serves, within this time."""
        parting = plan_parting(grace_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(parting.total_s):
                await self.apps.drain(parting)

    def admit(self, peer: Connection, epoch: int) -> None:
        """Let a controller in unless a newer one was here."""
        state = self.grounds.state
        if epoch < state.epoch:
            raise CommandError("stale_epoch", f"epoch {epoch} is older than {state.epoch}.")
        if epoch > state.epoch:
            state.epoch = epoch
            state.save_now_or_later()
        peer.epoch = epoch

    def introduce(self) -> Json:
        """Return the answer to hello."""
        return {
            "agentId": self.agent_id,
            "identity": self._identity,
            "pid": os.getpid(),
            "python": platform.python_version(),
            "stack": self._versions,
            "packages": self._packages,
            "isolation": self._isolation,
        }

    def _part(self) -> None:
        if self._parting is None:
            self._parting = asyncio.create_task(self._leave())
        else:  # whoever asks again is out of patience
            self.end()

    async def _leave(self) -> None:
        try:
            await self._site.part(self)
        finally:
            self.end()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def answer(peer: Connection, method: str, params: object, body: bytes) -> Json:
            return await commands.answer(self, peer, method, params, body)

        peer = Connection(reader, writer, answer)
        self._peers[peer] = asyncio.current_task()
        try:
            await peer.run()
        finally:
            del self._peers[peer]

    def _end_when_orphaned(self) -> None:
        now = asyncio.get_running_loop().time()
        if any(peer.role == "controller" for peer in self._peers):
            self._last_controller = now
        elif self._site.orphan_seconds is not None and now - self._last_controller >= self._site.orphan_seconds:
            self.end()
