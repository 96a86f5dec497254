"""The findings of a revision, from everybody who has something to say about it, with each file looked at once."""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from fapi_runner.agent.checking.checker import Checked, Checker
from fapi_runner.agent.checking.contents import Contents, read_contents
from fapi_runner.agent.checking.lint import lint_files
from fapi_runner.agent.checking.recent import Recent
from fapi_runner.agent.children.nursery import Nursery
from fapi_runner.validate.findings import Finding, make_finding, order_findings
from fapi_runner.validate.verdict import Imports

DEADLINE_S = 20.0
REVISIONS_KEPT = 32
FILES_KEPT = 1024
KEPT_LIMIT_BYTES = 16 << 10  # of what is said about one file; more is said only where somebody meant it
VERDICT_LIMIT_BYTES = 64 << 10  # of what is said about one revision
# They depend on more than the files: on what is installed, on the memory that the checker had, and on whether it and
# ruff came to their end.
PASSING = ("IMP001", "IMP005", "PY002", "RES", "RUF-000")
# What one child has checked by the time that a second one is ready. A third would have to be made first: the agent
# keeps three blanks waiting, and ruff takes one.
SHARE_BYTES = 64 << 10
CHECKERS_LIMIT = 2

T = TypeVar("T")


class Checks:
    """What one agent knows about the revisions and files that it has checked."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._revisions: Recent[str, list[Finding]] = Recent(REVISIONS_KEPT)
        self._files: Recent[bytes, Checked] = Recent(FILES_KEPT)
        self._advice: Recent[bytes, list[Finding]] = Recent(FILES_KEPT)

    async def check(self, digest: str, code: Path, *, is_urgent: bool = False) -> list[Finding]:
        """Return the findings of the revision in this folder, errors first; if urgent, advice beside errors alone."""
        # The editor asked about this draft; its deployment asks again.
        if (known := self._revisions.find(digest)) is not None:
            return known
        contents = await asyncio.to_thread(read_contents, code)
        advising = None if is_urgent else asyncio.create_task(self._advise(code, contents))
        try:
            findings = await self._judge(code, contents)
        except BaseException:
            if advising is not None:
                advising.cancel()
            raise
        errors = [finding for finding in findings if finding["severity"] == "error"]
        if advising is None:
            if not errors:
                return order_findings(findings)
            advising = asyncio.create_task(self._advise(code, contents))
        # Where Python itself stops, the rest of that file is a cascade.
        unread = {finding["file"] for finding in errors if finding["code"].startswith(("PY00", "SRC00", "RES"))}
        findings += [finding for finding in await advising if finding["file"] not in unread]
        ordered = order_findings(findings)
        if _is_lasting(findings) and len(json.dumps(ordered)) <= VERDICT_LIMIT_BYTES:
            self._revisions.keep(digest, ordered)
        return ordered

    async def _judge(self, code: Path, contents: Contents) -> list[Finding]:
        """Return CPython's verdict and ours."""
        python = contents.list_python()
        checked = {file: known for file in python if (known := self._files.find(contents.digests[file]))}
        # The largest first: so all who take from it are done at about the same time.
        queue = deque(sorted((file for file in python if file not in checked), key=contents.sizes.__getitem__)[::-1])
        size = sum(contents.sizes[file] for file in queue)
        count = min(CHECKERS_LIMIT, len(os.sched_getaffinity(0)), 1 + size // SHARE_BYTES)
        over_at = asyncio.get_running_loop().time() + DEADLINE_S
        checkers = [Checker(self._nursery, code, over_at) for _ in range(count)]
        try:
            for share in await _gather([checker.check_files(queue) for checker in checkers]):
                checked |= share
            imports: dict[str, Imports] = {file: each.imports for file, each in checked.items() if each.is_whole}
            together = await checkers[0].check_project(imports) if not queue else None
        finally:
            for checker in checkers:
                checker.close()
        self._keep(contents, checked)
        findings = [finding for each in checked.values() for finding in each.findings]
        if together is None:
            message = f"The check ended early, after {DEADLINE_S:g} s at most: files may be unchecked."
            return [*findings, make_finding("RES002", "error", "", message)]
        return findings + together

    def _keep(self, contents: Contents, checked: dict[str, Checked]) -> None:
        for file, each in checked.items():
            size = len(json.dumps([each.findings, each.imports]))
            if each.is_whole and _is_lasting(each.findings) and size <= KEPT_LIMIT_BYTES:
                self._files.keep(contents.digests[file], each)

    async def _advise(self, code: Path, contents: Contents) -> list[Finding]:
        """Return ruff's advice."""
        keys = {file: contents.names + digest for file, digest in contents.digests.items()}
        advice = {file: known for file, key in keys.items() if (known := self._advice.find(key)) is not None}
        new: dict[str, list[Finding]] = {file: [] for file in keys if file not in advice}
        if new:
            found = await lint_files(self._nursery, code, None if len(new) == len(keys) else list(new))
            for finding in found.findings:
                new.setdefault(finding["file"], []).append(finding)
            for file, key in keys.items():
                if file in new and found.is_whole and len(json.dumps(new[file])) <= KEPT_LIMIT_BYTES:
                    self._advice.keep(key, new[file])
        return [finding for findings in (*advice.values(), *new.values()) for finding in findings]


def _is_lasting(findings: list[Finding]) -> bool:
    return not any(finding["code"].startswith(PASSING) for finding in findings)


async def _gather(sharing: list[Coroutine[Any, Any, T]]) -> list[T]:
    """Wait for all of them; where one fails, the others end as well."""
    tasks = [asyncio.create_task(each) for each in sharing]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
