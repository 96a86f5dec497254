"""Has a revision's files checked in a limited child; a file that kills the checker is a finding too."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.grounds import Grounds
from fapi_runner.agent.lint import lint_revision
from fapi_runner.protocol import Json
from fapi_runner.validate.findings import Finding, make_finding, order_findings

DEADLINE_S = 20.0
# The checker ends itself much earlier, by the processor's time; this is for one that was stopped or starved.
SILENCE_LIMIT_S = 15.0
VERDICTS_KEPT = 32


class Silence:
    """A checker's output is nobody's."""

    def write(self, stream: Stream, lines: list[str]) -> None: ...

    def skip(self, stream: Stream, lines: bytes) -> None: ...

    def is_flooded(self, stream: Stream) -> bool:
        return False


async def check_revision(grounds: Grounds, digest: str) -> list[Finding]:
    """Return the findings of a revision, errors first."""
    code = grounds.revisions.get_code(digest)
    # The editor asked about this draft; its deployment asks again. The same files have the same findings.
    if (known := grounds.verdicts.get(digest)) is not None:
        return known
    advice = asyncio.create_task(lint_revision(code))
    try:
        findings = await _judge(grounds, code)
    except BaseException:
        advice.cancel()
        raise
    # Where Python itself stops, the rest of that file is a cascade.
    unread = {finding["file"] for finding in findings if finding["code"].startswith(("PY00", "SRC00", "RES"))}
    findings += [finding for finding in await advice if finding["file"] not in unread]
    ordered = order_findings(findings)
    # Whether the checker or ruff came to its end may be otherwise the next time.
    if not any(finding["code"].startswith(("RES", "RUF-000")) for finding in findings):
        while len(grounds.verdicts) >= VERDICTS_KEPT:
            del grounds.verdicts[next(iter(grounds.verdicts))]
        grounds.verdicts[digest] = ordered
    return ordered


async def _judge(grounds: Grounds, code: Path) -> list[Finding]:
    deadline = time.monotonic() + DEADLINE_S
    deaths: list[Finding] = []
    skip: list[str] = []
    while True:
        left = deadline - time.monotonic()
        order: Json = {"kind": "validate", "code": str(code), "skip": skip}
        found, culprit, how = await _check_once(grounds, order, min(left, SILENCE_LIMIT_S))
        if culprit is None:
            return deaths + found
        deaths.append(_report_death(culprit, how))
        skip.append(culprit)
        if not culprit or time.monotonic() >= deadline:
            message = f"The check ended early, after {DEADLINE_S:g} s at most: files may be unchecked."
            return [*deaths, *found, make_finding("RES002", "error", "", message)]


async def _check_once(grounds: Grounds, order: Json, limit_s: float) -> tuple[list[Finding], str | None, str]:
    """Return the findings, and whom and how the checker died of when it did."""
    process = await grounds.nursery.fork(Plumbing(), Silence())
    findings: list[Finding] = []
    culprit = ""
    try:
        await process.send(order)
        while message := await process.receive(limit_s):
            if message["kind"] == "findings":
                findings += message["findings"]
            elif message["kind"] == "checking":
                culprit = message["file"]
            elif message["kind"] == "validated":
                return findings, None, ""
        status = await process.ended
        return findings, culprit, _describe_end(status)
    except TimeoutError:
        return findings, culprit, f"it takes longer than {limit_s:.3g} s"
    finally:
        await process.kill()


def _describe_end(status: int | None) -> str:
    if status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return "it takes more time than the checker may have"
    if status is not None and os.WIFSIGNALED(status):
        return f"it ended the checker with signal {os.WTERMSIG(status)}"
    return "it took the checker more memory than it may have, or ended it"


def _report_death(culprit: str, how: str) -> Finding:
    message = f"{culprit or 'The project'} could not be checked: {how}."
    return make_finding("RES001", "error", culprit, message, hint="Make the file smaller or simpler.")
