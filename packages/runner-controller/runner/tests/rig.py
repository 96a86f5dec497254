"""A running agent with a controller connected to it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, Self

import httpx
from client import Client, Json, digest_of, pack

from fapi_runner.agent.procfs import read_stat

APPS = Path(__file__).parent / "apps"
PACKAGE = Path(__file__).parents[1]


def read_case(case: str) -> dict[str, str | bytes]:
    root = APPS / case
    paths = [path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def hello(answer: object) -> dict[str, str | bytes]:
    return {"main.py": f"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root(): return {answer!r}\n"}


class Rig:
    def __init__(self, state: Path, **spawning: Any) -> None:
        self.state = state
        self.spawning = spawning
        self.generations = itertools.count(1)
        self.process: asyncio.subprocess.Process
        self.client: Client
        self.ready: Json

    @classmethod
    async def start(cls, state: Path, *options: str, **spawning: Any) -> Self:
        rig = cls(state, **spawning)
        await rig.boot(*options)
        return rig

    async def boot(self, *options: str) -> None:
        # Of the servers that wait for the next editor only those know who look for them.
        spare = [] if "--language-spare" in options else ["--no-language-spare"]
        self.process = await spawn_agent(self.state, *spare, *options, **self.spawning)
        assert self.process.stdout is not None
        self.ready = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))
        self.client = await Client.connect(self.state / "agent.sock", epoch=1)
        await self.client.call("watch", logsAfter=0)

    async def close(self) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ConnectionError):
                await self.client.call("shutdown")
            await asyncio.wait_for(self.process.wait(), 10)
        await self.client.close()

    async def kill(self) -> None:
        """Kill the agent the hard way."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self.client.close()

    async def put(self, files: dict[str, str | bytes]) -> str:
        body = pack(files)
        digest = digest_of(body)
        await self.client.call("put", body, digest=digest, sha256=digest)
        return digest

    async def prepare(self, files: dict[str, str | bytes], app_id: str = "app", **changed: Any) -> Json:
        digest = await self.put(files)
        params = {
            "appId": app_id,
            "host": f"{app_id}.localhost",
            "generation": next(self.generations),
            "digest": digest,
            "envVersion": 1,
            "environment": {},
            "deadlineMs": 10_000,
        } | changed
        answer = await self.client.call("prepare", **params)
        return answer | {"key": {"appId": app_id, "generation": params["generation"], "digest": digest}}

    async def deploy(self, files: dict[str, str | bytes], app_id: str = "app", **changed: Any) -> Json:
        prepared = await self.prepare(files, app_id, **changed)
        await self.client.call("activate", **prepared["key"])
        return prepared["key"]

    def socket(self, app_id: str = "app") -> str:
        return str(self.state / "listeners" / f"{hashlib.sha256(app_id.encode()).hexdigest()[:12]}.sock")

    def http(self, app_id: str = "app", **options: Any) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(uds=self.socket(app_id), **options)
        return httpx.AsyncClient(transport=transport, base_url="http://app", timeout=10)

    async def get(self, path: str = "/", app_id: str = "app") -> httpx.Response:
        async with self.http(app_id) as http:
            return await http.get(path)

    async def app(self, app_id: str = "app") -> Json:
        return (await self.client.call("status", appId=app_id))["apps"][0]

    async def wait_for_failure(self, app_id: str = "app") -> Json:
        """Return how an app has failed, once it has."""
        failed = await self.client.event("app", lambda app: app["appId"] == app_id and "failure" in app, 30)
        return failed["failure"]

    async def wait_until_running(self, app_id: str = "app") -> None:
        """Wait until somebody serves."""

        async def is_running() -> bool:
            return (await self.app(app_id))["phase"] == "running"

        await until(is_running)

    def list_pids(self) -> set[int]:
        """Return every child that has its orders: an app's, a draft's, a checker."""
        return {int(path.name) for path in (self.state / "children").iterdir()}

    async def read_kept(self) -> str:
        """Return what is kept for the next agent, once the disk has it."""
        await until(lambda: not (self.state / "state.json.next").exists())
        return (self.state / "state.json").read_text()


async def spawn_agent(
    state: Path,
    *options: str,
    python: str = sys.executable,
    user: int | None = None,
    secret: str = "",
    stderr: int | None = None,
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        python,
        *("-m", "fapi_runner", "agent", "--state", str(state), *options),
        env={"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"], "AGENT_SECRET": secret},
        cwd="/",
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
    )


async def until(condition: Any, timeout: float = 10) -> Any:
    """Wait until something outside of our reach has become true."""
    async with asyncio.timeout(timeout):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


def delete_state(state: Path) -> None:
    """Delete a state folder; whoever is not root must be let into the read-only revisions first."""
    for folder, _, _ in os.walk(state):
        os.chmod(folder, 0o700)
    shutil.rmtree(state)


def is_alive(pid: int) -> bool:
    try:
        return read_stat(pid).state != "Z"
    except OSError:
        return False


def find_zygote(rig: Rig) -> int:
    agent = rig.ready["pid"]
    children = Path(f"/proc/{agent}/task/{agent}/children").read_text().split()
    return next(int(pid) for pid in children if "zygote" in Path(f"/proc/{pid}/cmdline").read_text())
