"""Has a revision's tests run in a limited child, in a folder that is thrown away, within a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from fapi_runner.agent.children.lines import list_last_lines
from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.postmortem import report_end, report_timeout
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.grounds import Grounds
from fapi_runner.protocol import Json
from fapi_runner.report import Report
from fapi_runner.validate.findings import FINDINGS_LIMIT, Finding, make_finding, order_findings

DEADLINE_LIMIT_MS = 300_000
OUTPUT_LINES = 400
OUTPUT_LIMIT_BYTES = 1 << 18
NO_TESTS = 5


@dataclass
class TestOrder:
    """What to test, how, and for how long."""

    __test__ = False  # pytest would take it for a class of tests
    digest: str
    deadline_ms: float
    select: list[str]
    environment: dict[str, str]
    secrets: list[str] | None = None
    app_id: str | None = None  # a controller that is older does not say it


async def test_revision(grounds: Grounds, order: TestOrder) -> Json:
    """Run the tests and return the result of PROTOCOL.md's `test`."""
    with grounds.revisions.hold(order.digest) as code:
        return await _test_code(grounds, order, code)


async def _test_code(grounds: Grounds, order: TestOrder, code: Path) -> Json:
    loop = asyncio.get_running_loop()
    limit_s = min(order.deadline_ms, DEADLINE_LIMIT_MS) / 1000
    over_at = loop.time() + limit_s
    # Whoever asks waits no longer than it said, and what is left then is still worth beginning.
    async with grounds.test_turns.take(order.app_id or order.digest, limit_s / 2):
        started = time.perf_counter()
        folder = Path(tempfile.mkdtemp(prefix="test-", dir=grounds.folder.scratch))
        try:
            masker = Masker(order.environment, order.secrets)
            result = await _Run(order, over_at - loop.time(), folder, masker, Output(masker)).run(grounds, code)
        finally:
            await grounds.bin.throw(folder)
    return result | {"durationMs": round((time.perf_counter() - started) * 1000, 3)}


class Output:
    """The last lines a run printed, and how many came before them."""

    def __init__(self, masker: Masker) -> None:
        self.lines: list[str] = []
        self.dropped = 0
        self._masker = masker
        self._bytes = 0

    def write(self, stream: Stream, lines: list[str]) -> None:
        lines = self._masker.mask_lines(lines)
        self.lines += lines
        self._bytes += sum(map(len, lines))
        while len(self.lines) > OUTPUT_LINES or self._bytes > OUTPUT_LIMIT_BYTES:
            self._bytes -= len(self.lines.pop(0))
            self.dropped += 1

    def skip(self, stream: Stream, lines: bytes) -> None:
        last = list_last_lines(lines)
        self.dropped += lines.count(b"\n") - len(last)
        self.write(stream, last)

    def is_flooded(self, stream: Stream) -> bool:
        return self.dropped > OUTPUT_LINES


@dataclass
class _Run:
    """One run and what is known of it so far; what a child tells is user code's word and read with care."""

    order: TestOrder
    limit_s: float
    folder: Path
    masker: Masker
    output: Output
    findings: list[Finding] = field(default_factory=list)
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    current: Json = field(default_factory=dict)

    async def run(self, grounds: Grounds, code: Path) -> Json:
        process = await grounds.nursery.fork(Plumbing(), self.output)
        tenant = Tenant(self.folder, lambda: [process.pid], process.condemn, self._say, "the folder of the test run")
        grounds.tenants.add(tenant)
        try:
            order: Json = {"kind": "test", "code": str(code), "folder": str(self.folder)}
            await process.send(order | {"select": self.order.select, "environment": self.order.environment})
            await self._follow(process)
            process.flush()
        finally:
            grounds.tenants.discard(tenant)
            await process.kill()
        return {
            "passed": self.passed,
            "failed": self.failed,
            "skipped": self.skipped,
            "findings": order_findings(self.findings),
            "output": self.output.lines,
            "outputDropped": self.output.dropped,
        }

    def _say(self, text: str) -> None:
        self.output.write("system", [text])

    async def _follow(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        over_at = loop.time() + self.limit_s
        try:
            while message := await process.receive(over_at - loop.time()):
                if message.get("kind") == "tested":
                    return self._judge_end(message.get("exitCode"))
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    self._take(message)
            status = await process.ended
            code = self.folder / "project"
            report = report_end("running", status, process.dump, [], code, process.memory, process.cause)
            self._note_death("TST004", report, f"The tests ended early: {report['message']}")
        except TimeoutError:
            dump = await process.dump_and_kill()
            report = report_timeout("running", self.limit_s * 1000, dump, [], self.folder / "project")
            text = f"The tests were not done after {self.limit_s:.3g} s and were ended."
            if self.current:
                text = f"The tests were not done after {self.limit_s:.3g} s and were ended in {self.current['test']}."
            self._note_death("TST005", report, text)
        return None

    def _take(self, message: Json) -> None:
        kind = message["kind"]
        if kind == "running":
            test = self.masker.mask(str(message["test"]))  # its parameters are in its name
            self.current = {"test": test, "file": str(message["file"]), "line": int(message["line"])}
        elif kind == "broken":
            self.failed += 1
            self._note("TST003", message, "The tests here could not be collected: ")
        elif kind == "outcome":
            outcome = message["outcome"]
            self.passed += outcome == "passed"
            self.skipped += outcome == "skipped"
            if outcome == "failed":
                self.failed += 1
                name = str(message["test"]).rpartition("::")[2]
                if message["when"] == "call":
                    self._note("TST001", message, f"{name}: ")
                else:
                    self._note("TST002", message, f"{name}, in its {message['when']}: ")

    def _note(self, code: str, message: Json, lead: str) -> None:
        frame = message["frame"]
        start = (int(frame["line"]), int(frame.get("column", 1)))
        if len(self.findings) <= FINDINGS_LIMIT:
            text = self.masker.mask(f"{lead}{message['message']}")
            self.findings.append(make_finding(code, "error", str(frame["file"]), text, start=start))

    def _note_death(self, code: str, report: Report, message: str) -> None:
        self.failed += 1
        frame = report["frames"][-1] if report["frames"] else None
        place = frame or self.current or {"file": "", "line": 1}
        hint = f"It was running {self.current['test']}." if self.current else None
        start = (place["line"], place.get("column", 1))
        self.findings.append(make_finding(code, "error", place["file"], message, start=start, hint=hint))

    def _judge_end(self, exit_code: object) -> None:
        if exit_code == NO_TESTS and not self.findings:
            message = "The project has no tests: write functions test_...() in files tests/test_....py."
            if self.order.select:
                message = f"No tests were found in {', '.join(self.order.select)}."
            self.findings.append(make_finding("TST006", "warning", "", message))
        elif exit_code not in (0, NO_TESTS) and not self.findings:
            said = next((line for line in reversed(self.output.lines) if line.strip()), "")
            message = f"pytest could not run (exit code {exit_code}): {said}"
            self.findings.append(make_finding("TST007", "error", "", message))
