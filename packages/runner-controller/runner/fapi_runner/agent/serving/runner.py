"""One child that serves one release of one app, from the fork to its end."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import time
from pathlib import Path

from fapi_runner.agent.children.bounds import fit_report
from fapi_runner.agent.children.claims import read_effects, read_prepared, read_report
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.children.postmortem import report_end, report_stall, report_timeout
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.disk.view import View
from fapi_runner.agent.egress.broker import Broker
from fapi_runner.agent.failures import UserCodeError
from fapi_runner.agent.listening.listener import Listener, is_broken
from fapi_runner.agent.procfs import is_computing
from fapi_runner.agent.serving.probe import is_serving
from fapi_runner.grants import list_outlets
from fapi_runner.protocol import Json, format_time
from fapi_runner.report import Effect, Phase, Report

PROBE_S = 5.0
ANSWER_S = 5.0
LEAVE_GRACE_S = 15.0
DYING_S = 0.5
FREEZE_S, FREEZE_POLL_S = 2.0, 0.001
LATE = {"stopped", "drained", "survey"}


class DraftError(UserCodeError):
    """A draft could not be imported; what it did to the world meanwhile may be the reason."""

    def __init__(self, report: Report, effects: list[Effect]) -> None:
        super().__init__(report)
        self.effects = effects


class Runner:
    """A child and what it has told so far."""

    def __init__(self, release: Release, code: Path, process: Process, listener: Listener) -> None:
        self.release = release
        self.masker = Masker(release.environment, release.secrets)
        self.process = process
        self.prepared: Json = {}
        self.since = ""
        self.started_at = time.monotonic()
        self.thawed_at = 0.0
        self.trouble_at = -math.inf
        self.is_draft = False  # it must not touch the app's folder
        self.is_leaving = False
        self.is_frozen = False
        self._is_held = False  # on its way to being frozen too
        self.view: View | None = None  # it was imported as a draft, in there
        self.broker: Broker | None = None  # it has no network of its own
        self.code = code
        self._listener = listener
        self._phase: Phase = "import"

    async def prepare(self, folder: Path, view: View | None) -> None:
        """Have the app imported, a draft in its view of the folder; raise UserCodeError when it cannot be."""
        release = self.release
        # Without the generation: whose child this is may be decided later.
        order = {
            "kind": "serve",
            "code": str(self.code),
            "folder": str(folder),
            "view": str(view.folder) if view else None,
            "digest": release.digest,
            "envVersion": release.env_version,
            "environment": release.environment,
            "outlets": list_outlets(release.egress),
        }
        self.prepared = read_prepared(await self._ask(order, "prepared", release.deadline_ms / 1000))
        for name in ("sideEffects", "routes"):
            self.prepared[name] = self.masker.mask_all(self.prepared[name])
        self.prepared["openapi"] = self.masker.mask_document(self.prepared["openapi"])

    async def adopt(self, release: Release, folder: Path) -> None:
        """Be this release's child from now on: of the same code and environment, maybe with other names for secrets."""
        if self.process.plumbing.keeper is not None and not self.process.ended.done():
            await self.process.plumbing.keeper.uncover(folder)
        self.is_draft = False
        self.release = release
        self.masker = Masker(release.environment, release.secrets)

    async def start(self) -> None:
        """Run the app's startup and ask the new child who it is."""
        self._phase = "startup"
        start = {"kind": "start", "generation": self.release.generation}
        await self._ask(start, "started", self.release.deadline_ms / 1000)
        if self.view is not None:
            asyncio.get_running_loop().run_in_executor(None, self.view.drop_copy)
        self._phase = "probe"
        await self._probe()

    async def accept(self) -> None:
        """Let it accept on the app's listener, for the first time or again."""
        if is_broken(self._listener):
            self._listener.renew()
        self.process.plumbing.hand_over(self._listener.socket)
        await self._ask({"kind": "accept"}, "accepting", ANSWER_S)
        self._phase = "running"
        self.is_leaving = False
        self.started_at = time.monotonic()
        self.since = format_time(time.time())

    async def linger(self) -> None:
        """Have it answer whoever comes, and tell each to ask somewhere else the next time."""
        await self.process.send({"kind": "linger"})

    async def stop_accepting(self, idle_s: float, deadline_s: float) -> None:
        """Have it take no new connection; `wait_drained` says when the last one has left."""
        self.is_leaving = True
        self.thaw()
        await self.process.send({"kind": "drain", "idleMs": idle_s * 1000, "deadlineMs": deadline_s * 1000})
        try:
            await self._receive("stopped", ANSWER_S)
        except TimeoutError:  # its loop is blocked; left alone it would accept again later
            await self.process.kill()
        self._drained_by = time.monotonic() + deadline_s + ANSWER_S

    async def wait_drained(self) -> None:
        """Wait until the last guest has left; one that cannot even say so is ended."""
        try:
            await self._receive("drained", max(self._drained_by - time.monotonic(), 0.01))
        except TimeoutError:
            await self.process.kill()

    async def leave(self) -> None:
        """Have it run the app's shutdown and end."""
        self.is_leaving = True
        self.thaw()
        await self.process.send({"kind": "leave"})
        try:
            await asyncio.wait_for(asyncio.shield(self.process.ended), LEAVE_GRACE_S)
        except TimeoutError:
            await self.process.kill()

    async def find_work(self) -> str:
        """Say in a few words why it must not be frozen, or nothing when it may be."""
        await self.process.send({"kind": "survey"})
        try:
            answer = await self._receive("survey", ANSWER_S)
        except TimeoutError:
            return "a blocked event loop"
        if answer is None or answer.get("kind") != "survey":
            return "no answer"
        words = {
            "guests": "open connections",
            "outbound": "outbound connections",
            "tasks": "tasks under way",
            "processes": "processes of its own",
        }
        work = answer.get("work")
        if not isinstance(work, dict):  # not its own word: user code has taken its place
            return "no answer"
        return ", ".join(word for name, word in words.items() if work.get(name))

    async def freeze(self) -> None:
        """Have it stand still where it is; `is_frozen` says so when this returns, unless it was thawed meanwhile.

        Nor is it frozen when no signal stops it: its first thread may wait in the kernel for ever.
        """
        self._is_held = True
        self.process.signal(signal.SIGSTOP)
        try:
            async with asyncio.timeout(FREEZE_S):
                # The kernel tells its parent alone, and that is the zygote: so look.
                while self._is_held and not self.process.is_stopped():  # noqa: ASYNC110
                    await asyncio.sleep(FREEZE_POLL_S)
        except TimeoutError:
            self.thaw()
        except BaseException:
            self.thaw()
            raise
        self.is_frozen = self._is_held

    def thaw(self) -> None:
        """Let it go on."""
        if self._is_held:
            self.process.signal(signal.SIGCONT)
            self._is_held = self.is_frozen = False
            self.thawed_at = time.monotonic()

    def dismiss(self) -> None:
        """End it without waiting."""
        self.is_leaving = True
        self.process.signal(signal.SIGKILL)

    async def kill(self) -> None:
        """End it now."""
        self.is_leaving = True
        await self.process.kill()

    def fit(self, report: Report) -> Report:
        """Return the report as others may have it: without secrets, and of bounded size."""
        return fit_report(self.masker.mask_all(report))

    def report_end(self) -> Report:
        """Say how it ended."""
        process, tail = self.process, list(self.process.output.tail)
        ending = (process.ended.result(), process.dump, tail, self.code, process.memory, process.cause)
        return self.fit(report_end(self._phase, *ending))

    async def report_stall(self, in_flight: int, stalled_ms: float) -> Report:
        """Say which line holds its event loop."""
        dump = await self.process.dump_stack()
        told = (in_flight, stalled_ms, list(self.process.output.tail), self.code)
        return self.fit(report_stall(dump, *told, is_computing=is_computing(self.process.pid)))

    async def _ask(self, message: Json, expected: str, limit_s: float) -> Json:
        await self.process.send(message)
        try:
            answer = await self._receive(expected, limit_s)
        except TimeoutError:
            raise UserCodeError(await self._report_timeout(limit_s)) from None
        if answer is None:
            raise UserCodeError(self.report_end())
        if answer.get("kind") == "failed":
            self.process.flush()
            await self.kill()
            report = read_report(answer.get("report"), self._phase)
            report["output"] = list(self.process.output.tail)
            effects = self.masker.mask_all(read_effects(answer.get("sideEffects")))
            raise DraftError(self.fit(report), effects)
        if answer.get("kind") != expected:
            await self.kill()
            raise UserCodeError(self._describe(f"The child said {answer.get('kind')!r} instead of {expected!r}."))
        return answer

    async def _receive(self, expected: str, limit_s: float) -> Json | None:
        # What was asked for by somebody who has given up since is passed over.
        async with asyncio.timeout(limit_s):
            while True:
                answer = await self.process.receive(limit_s)
                if answer is None or answer.get("kind") == expected or answer.get("kind") not in LATE:
                    return answer

    async def _probe(self) -> None:
        sock = self.process.plumbing.probe
        try:
            async with asyncio.timeout(PROBE_S):
                is_right = sock is not None and await is_serving(sock, self.release)
        except TimeoutError:
            raise UserCodeError(await self._report_timeout(PROBE_S)) from None
        if not is_right:
            # One that dies closes its sockets first, and how it ended says more.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.process.ended), DYING_S)
                raise UserCodeError(self.report_end())
            await self.kill()
            raise UserCodeError(self._describe("The new child did not answer for its identity."))

    async def _report_timeout(self, limit_s: float) -> Report:
        dump = await self.process.dump_and_kill()
        return self.fit(report_timeout(self._phase, limit_s * 1000, dump, list(self.process.output.tail), self.code))

    def _describe(self, message: str) -> Report:
        output = list(self.process.output.tail)
        return self.fit(
            Report({"phase": self._phase, "class": "startup", "message": message, "frames": [], "output": output})
        )
