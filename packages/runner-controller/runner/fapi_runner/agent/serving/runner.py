"""One child that serves one release of one app, from the fork to its end."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from fapi_runner.agent.children.claims import read_report
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.children.postmortem import report_end, report_timeout
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.failures import UserCodeError
from fapi_runner.protocol import Json
from fapi_runner.report import Phase, Report

PROBE_S = 5.0
STOP_ACCEPTING_S = 5.0
LEAVE_GRACE_S = 15.0


class Runner:
    """A child and what it has told so far."""

    def __init__(self, release: Release, code: Path, process: Process, masker: Masker) -> None:
        self.release = release
        self.process = process
        self.routes: list[Json] = []
        self.since = ""
        self.started_at = time.monotonic()
        self.is_leaving = False
        self.has_read_former_assets = False
        self._code = code
        self.masker = masker
        self._phase: Phase = "import"

    async def prepare(self, folder: Path) -> None:
        """Have the app imported; raise UserCodeError when it cannot be."""
        release = self.release
        order = {
            "kind": "serve",
            "code": str(self._code),
            "folder": str(folder),
            "digest": release.digest,
            "envVersion": release.env_version,
            "generation": release.generation,
            "environment": release.environment,
        }
        prepared = await self._ask(order, "prepared", release.deadline_ms / 1000)
        self.routes = prepared["routes"]
        self.has_read_former_assets = prepared["readFormerAssets"]

    async def start(self) -> None:
        """Run the app's startup and ask the new child who it is."""
        self._phase = "startup"
        await self._ask({"kind": "start"}, "started", self.release.deadline_ms / 1000)
        self._phase = "probe"
        await self._probe()

    async def accept(self) -> None:
        """Let it accept on the app's listener."""
        await self._ask({"kind": "accept"}, "accepting", PROBE_S)
        self._phase = "running"
        self.started_at = time.monotonic()
        self.since = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def stop_accepting(self, idle_s: float, deadline_s: float) -> None:
        """Have it take no new connection; it ends by itself when the last one has left."""
        self.is_leaving = True
        await self.process.send({"kind": "drain", "idleMs": idle_s * 1000, "deadlineMs": deadline_s * 1000})
        try:
            await self.process.receive(STOP_ACCEPTING_S)
        except TimeoutError:  # its loop is blocked; left alone it would accept again later
            await self.process.kill()
        self._end_by = asyncio.create_task(self._end_within(deadline_s + LEAVE_GRACE_S))

    def dismiss(self) -> None:
        """End it without waiting."""
        self.is_leaving = True
        self.process.signal(signal.SIGKILL)

    async def kill(self) -> None:
        """End it now."""
        self.is_leaving = True
        await self.process.kill()

    def report_end(self) -> Report:
        """Say how it ended."""
        process = self.process
        ending = (process.ended.result(), process.dump, list(process.tail), self._code, process.memory)
        return self.masker.mask_all(report_end(self._phase, *ending))

    async def _end_within(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(self.process.ended), seconds)
        except TimeoutError:
            await self.process.kill()

    async def _ask(self, message: Json, expected: str, limit_s: float) -> Json:
        await self.process.send(message)
        try:
            answer = await self.process.receive(limit_s)
        except TimeoutError:
            dump = await self.process.dump_and_kill()
            output = list(self.process.tail)
            raise self._fail(report_timeout(self._phase, limit_s * 1000, dump, output, self._code)) from None
        if answer is None:
            raise self._fail(self.report_end())
        if answer.get("kind") == "failed":
            self.process.flush()
            await self.kill()
            report = read_report(answer.get("report"), self._phase)
            report["output"] = list(self.process.tail)
            raise self._fail(report)
        if answer.get("kind") != expected:
            await self.kill()
            raise self._fail(self._describe(f"The child said {answer.get('kind')!r} instead of {expected!r}."))
        return answer

    async def _probe(self) -> None:
        nonce = secrets.token_urlsafe(16)
        request = f"GET /.fapi/identity?nonce={nonce} HTTP/1.1\r\nhost: fapi\r\nconnection: close\r\n\r\n"
        expected = {
            "digest": self.release.digest,
            "envVersion": self.release.env_version,
            "generation": self.release.generation,
            "nonce": nonce,
        }
        try:
            async with asyncio.timeout(PROBE_S):
                answer = await self._exchange(request.encode())
            body = json.loads(answer.partition(b"\r\n\r\n")[2])
        except TimeoutError:
            dump = await self.process.dump_and_kill()
            output = list(self.process.tail)
            raise self._fail(report_timeout("probe", PROBE_S * 1000, dump, output, self._code)) from None
        except (OSError, ValueError):
            body = None
        if body != expected:
            await self.kill()
            raise self._fail(self._describe("The new child did not answer for its identity."))

    async def _exchange(self, request: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        sock = self.process.plumbing.probe
        if sock is None:
            raise OSError("this child has no probe socket")
        await loop.sock_sendall(sock, request)
        answer = b""
        while data := await loop.sock_recv(sock, 4096):
            answer += data
        return answer

    def _fail(self, report: Report) -> UserCodeError:
        # The one door: whatever is told of a failure is told without secrets.
        return UserCodeError(self.masker.mask_all(report))

    def _describe(self, message: str) -> Report:
        output = list(self.process.tail)
        return {"phase": self._phase, "class": "startup", "message": message, "frames": [], "output": output}
