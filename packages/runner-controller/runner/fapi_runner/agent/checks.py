"""Has a revision's files checked in a limited child; a file that kills the checker is a finding too."""

from __future__ import annotations

import time

from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.grounds import Grounds
from fapi_runner.protocol import Json
from fapi_runner.validate.findings import FINDINGS_LIMIT, Finding, make_finding

DEADLINE_S = 10.0
FILE_DEADLINE_S = 3.0


class Silence:
    """A checker's output is nobody's."""

    def write(self, stream: Stream, lines: list[str]) -> None: ...

    def skip(self, stream: Stream, lines: bytes) -> None: ...

    def is_flooded(self, stream: Stream) -> bool:
        return False


async def check_revision(grounds: Grounds, digest: str) -> list[Finding]:
    """Return the findings of a revision, errors first."""
    code = str(grounds.revisions.get_code(digest))
    deadline = time.monotonic() + DEADLINE_S
    findings: list[Finding] = []
    skip: list[str] = []
    while time.monotonic() < deadline:
        found, culprit = await _check_once(grounds, {"kind": "validate", "code": code, "skip": skip})
        findings = [finding for finding in findings if finding["code"] == "RUN001"] + found
        if culprit is None:
            break
        name = culprit or "The project"
        message = f"{name} could not be checked: it takes more time or memory than the checker may have."
        findings.append(make_finding("RUN001", "error", culprit, message))
        if not culprit:
            break
        skip.append(culprit)
    ranks = {"error": 0, "warning": 1, "info": 2, "hint": 3}
    return sorted(findings, key=lambda finding: ranks[finding["severity"]])[:FINDINGS_LIMIT]


async def _check_once(grounds: Grounds, order: Json) -> tuple[list[Finding], str | None]:
    process = await grounds.nursery.fork(Plumbing(), Silence())
    findings: list[Finding] = []
    culprit = ""
    try:
        await process.send(order)
        while message := await process.receive(FILE_DEADLINE_S):
            if message["kind"] == "findings":
                findings += message["findings"]
            elif message["kind"] == "checking":
                culprit = message["file"]
            elif message["kind"] == "validated":
                return findings, None
    except TimeoutError:
        pass
    finally:
        await process.kill()
    return findings, culprit
