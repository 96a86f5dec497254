"""An agent as it is in a pod, with a controller connected to it by mutual TLS."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from agents import make_state
from certificates import AGENT, CONTROLLER, EGRESS, Authority, name_pod, trust
from client import Client
from restricted import NOBODY, list_launcher
from rig import PACKAGE, Rig

HOST = "127.0.0.1"


@cache
def make_authority() -> Path:
    """Return a folder with the certificates of an agent and of a controller, and of who is neither."""
    if shutil.which("openssl") is None and os.environ.get("CI") != "true":
        pytest.skip("the openssl command is missing, which makes certificates")
    folder = Path(tempfile.mkdtemp(prefix="fapi-authority-"))
    atexit.register(shutil.rmtree, folder)
    ours, stranger = Authority(folder / "ca"), Authority(folder / "stranger-ca")
    ours.give(folder / "agent", AGENT)
    ours.give(folder / "controller", CONTROLLER)
    ours.give(folder / "egress", EGRESS)
    for epoch in (1, 2):
        ours.give(folder / f"app-{epoch}", name_pod("app", epoch))
    ours.give(folder / "both", f"{CONTROLLER},{AGENT}")
    ours.give(folder / "by-name", "DNS:spiffe.fapi.controller")
    ours.give(folder / "expired", CONTROLLER, days=-1)
    stranger.give(folder / "stranger", CONTROLLER)
    stranger.give(folder / "stranger-app", name_pod("app", 1))
    (folder / "stranger" / "ca.crt").write_bytes((folder / "ca" / "ca.crt").read_bytes())
    return folder


class Pod(Rig):
    """A rig whose agent is a pod's; `launcher` is what the agent's command is given to."""

    def __init__(
        self,
        state: Path,
        *,
        launcher: Sequence[str] = (),
        python: str = sys.executable,
        user: int | None = None,
        **environment: str,
    ) -> None:
        super().__init__(state)
        self.launcher = launcher
        self.environment = environment
        self.tls = state / "tls"
        self.python = python
        self.user = user

    async def boot(self, *options: str) -> None:
        await self.spawn(*options)
        await self.read_ready()
        self.client = await self.connect("controller", epoch=1)
        await self.client.call("watch", logsAfter=0)

    async def read_ready(self) -> None:
        assert self.process.stdout is not None
        self.ready = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))

    async def spawn(self, *options: str) -> None:
        if not self.tls.exists():
            self.copy_tls(make_authority() / "agent")
        ports = {f"FAPI_POD_{name}_PORT": "0" for name in ("AGENT", "APP", "HEALTH")}
        places = {
            "FAPI_POD_TLS_DIR": str(self.tls),
            "FAPI_POD_STATE_DIR": str(self.state / "state"),
            "FAPI_POD_MEMORY_DIR": str(self.state / "memory"),
        }
        base = {"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"], "FAPI_POD_HOST": HOST}
        self.process = await asyncio.create_subprocess_exec(
            *self.launcher,
            *(self.python, "-m", "fapi_runner", "pod", *options),
            env=base | ports | places | self.environment,
            cwd="/",
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE if self.environment.get("HEARD") else None,
        )

    def copy_tls(self, made: Path) -> None:
        self.state.chmod(0o755)  # where volumes are mounted
        shutil.copytree(made, self.tls)
        self.tls.chmod(0o755)
        if self.user is not None:
            os.chown(self.tls / "tls.key", self.user, self.user)

    async def connect(self, name: str, **hello: Any) -> Client:
        """Connect with one of the certificates."""
        context = trust(make_authority() / name)
        streams = await asyncio.open_connection(HOST, self.ready["ports"]["agent"], ssl=context)
        return await Client.greet(*streams, role="controller", **hello)

    async def identify(self, name: str = "app-1", app_id: str = "app", lasts_s: float = 3600) -> None:
        """Have the pod show one of the certificates to the egress gateway."""
        cert, key = ((make_authority() / name / file).read_text() for file in ("tls.crt", "tls.key"))
        await self.client.call("identify", appId=app_id, cert=cert, key=key, lastsMs=lasts_s * 1000)

    def http(self, app_id: str = "app", **options: Any) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(**options)
        return httpx.AsyncClient(transport=transport, base_url=self.url, timeout=10)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ready['ports']['app']}"

    async def health(self, path: str) -> int:
        async with httpx.AsyncClient(timeout=10) as http:
            return (await http.get(f"http://{HOST}:{self.ready['ports']['health']}{path}")).status_code


async def start_restricted(python: str, **environment: str) -> Pod:
    """Return a pod as the restricted policy leaves it, in a state folder of its own."""
    state = make_state()
    # As the kubelet mounts them: emptyDirs that are everybody's, and a secret that is root's and the group's.
    for name in ("state", "memory"):
        (state / name).mkdir()
        (state / name).chmod(0o777)
    pod = Pod(state, launcher=list_launcher(python, state), python=python, **environment)
    pod.copy_tls(make_authority() / "agent")
    (pod.tls / "tls.key").chmod(0o440)
    if os.getuid() == 0:
        os.chown(pod.tls / "tls.key", 0, NOBODY)
    await pod.boot()
    return pod
