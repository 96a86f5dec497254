"""Has a revision's main.py moved into several files, and both versions imported to prove that they are the same app."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fapi_runner.agent.checking.checker import Silence
from fapi_runner.agent.children.claims import read_report
from fapi_runner.agent.children.logs import Stream
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.children.plumbing import Plumbing
from fapi_runner.agent.children.postmortem import report_end, report_timeout, was_killed
from fapi_runner.agent.children.process import Process
from fapi_runner.agent.disk.quota import Tenant
from fapi_runner.agent.grounds import Grounds
from fapi_runner.convert.difference import find_surface_difference
from fapi_runner.convert.text import Span, join
from fapi_runner.protocol import Json
from fapi_runner.report import Report
from fapi_runner.validate.files import FILES_LIMIT, list_files

PROPOSAL_S = 20.0
TURN_S = 20.0
DEADLINE_LIMIT_MS = 30_000
FINDINGS_TOLD = 20
PLACE = re.compile(r"(?:[A-Za-z]\w*/)?[A-Za-z_]\w*\.py", re.ASCII)


@dataclass
class ConvertOrder:
    """What to convert, with which variables it is imported, and for how long."""

    digest: str
    deadline_ms: float
    environment: dict[str, str]
    secrets: list[str] | None = None
    app_id: str | None = None  # a controller that is older does not say it


class Refusal(Exception):
    """The revision stays as it is."""

    def __init__(self, message: str, file: str = "main.py", line: int = 1, **more: Any) -> None:
        super().__init__(message)
        self.told: Json = {"message": message, "file": file, "line": line, "kept": [], "findings": []} | more


async def convert_revision(grounds: Grounds, order: ConvertOrder) -> Json:
    """Return the result of PROTOCOL.md's `convert`."""
    started = time.perf_counter()
    with grounds.revisions.hold(order.digest) as code:
        try:
            result = await _convert(grounds, order, code)
        except Refusal as refusal:
            masker = Masker(order.environment, order.secrets)
            result = {"refused": refusal.told | {"message": masker.mask(refusal.told["message"])}}
    return result | {"durationMs": round((time.perf_counter() - started) * 1000, 3)}


async def _convert(grounds: Grounds, order: ConvertOrder, code: Path) -> Json:
    findings = await grounds.checks.check(order.digest, code)
    if errors := [finding for finding in findings if finding["severity"] == "error"]:
        first = errors[0]
        message = f"The project has errors, which come first: {first['message']}"
        raise Refusal(message, first["file"], first["start"]["line"], findings=errors[:FINDINGS_TOLD])
    async with grounds.test_turns.take(order.app_id or order.digest, TURN_S):
        proposal = await _propose(grounds, code)
        if refused := proposal.get("refused"):
            raise Refusal(**refused)
        files, data = proposal["files"], (code / "main.py").read_bytes()
        if len({*list_files(code), *(file["path"] for file in files)}) > FILES_LIMIT:
            raise Refusal(f"There would be more than {FILES_LIMIT} files.")
        before = await _Look(grounds, order, code).show(None)
        after = await _Look(grounds, order, code).show(lambda folder: _write(folder, files, data))
    if difference := find_surface_difference(before, after):
        raise Refusal(f"The app would not be the same: {difference}.", kept=proposal["kept"])
    return {"files": files, "kept": proposal["kept"], "routes": proposal["routes"]}


async def _propose(grounds: Grounds, code: Path) -> Json:
    process = await grounds.nursery.fork(Plumbing(), Silence())
    message: Json | None = None
    try:
        await process.send({"kind": "convert", "code": str(code)})
        message = await process.receive(PROPOSAL_S)
        if message is None and process.cause is None and was_killed(process.ended.result(), process.memory):
            raise Refusal("Reading main.py was killed from outside, by the system or a person: convert it again.")
    except TimeoutError:
        pass  # it is told as what could not be read
    finally:
        await process.kill()
    if message is None or message["kind"] != "proposed":
        raise Refusal("main.py is too large or too deeply nested to be converted.")
    proposal: Json = message["proposal"]
    # Whoever read a hostile text is not believed where it says what is written to this disk.
    if not all(PLACE.fullmatch(file["path"]) for file in proposal.get("files", [])):
        raise Refusal("main.py could not be read.")
    return proposal


def _write(folder: Path, files: list[Json], data: bytes) -> None:
    folder.mkdir(mode=0o755)
    for file in files:
        path = folder / file["path"]
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_bytes(join([piece if isinstance(piece, str) else Span(*piece) for piece in file["pieces"]], data))


class _Look:
    """One import of one version; what it prints is nobody's but its report's."""

    def __init__(self, grounds: Grounds, order: ConvertOrder, code: Path) -> None:
        self._grounds = grounds
        self._order = order
        self._code = code

    def write(self, stream: Stream, lines: list[str]) -> None: ...

    def skip(self, stream: Stream, lines: bytes) -> None: ...

    def is_flooded(self, stream: Stream) -> bool:
        return False

    async def show(self, write: Callable[[Path], None] | None) -> Json:
        """Return what the app shows, with what `write` lays over it; raise Refusal when it cannot be imported."""
        folder = Path(tempfile.mkdtemp(prefix="convert-", dir=self._grounds.folder.scratch))
        try:
            if write is not None:
                await asyncio.to_thread(write, folder / "changed")
            told = await self._import(folder, folder / "changed" if write is not None else None)
        finally:
            await self._grounds.bin.throw(folder)
        return self._judge(told, is_converted=write is not None)

    async def _import(self, folder: Path, changed: Path | None) -> Json:
        grounds = self._grounds
        process = await grounds.nursery.fork(Plumbing(), self)
        tenant = Tenant(folder, lambda: [process.pid], process.condemn, lambda _: None, "the folder of the conversion")
        grounds.tenants.add(tenant)
        try:
            paths = {"code": str(self._code), "folder": str(folder), "changed": str(changed) if changed else None}
            await process.send({"kind": "surface", **paths, "environment": self._order.environment})
            return await self._follow(process, folder / "project")
        finally:
            grounds.tenants.discard(tenant)
            await process.kill()

    def _judge(self, told: Json, is_converted: bool) -> Json:
        whose = "The converted app could not be imported" if is_converted else "main.py cannot be imported as it is"
        if isinstance(told.get("document"), dict) and isinstance(told.get("routes"), list):
            return told
        if "report" not in told:
            raise Refusal(f"{whose} with an OpenAPI document to compare.")
        report: Report = told["report"]
        frame = report["frames"][-1] if report["frames"] else None
        said = f"{report['type']}: {report['message']}" if "type" in report else report["message"]
        if frame is not None and is_converted:  # a place that nobody can look at
            said += f" ({frame['file']}:{frame['line']})"
        place: Json = {} if frame is None or is_converted else {"file": frame["file"], "line": frame["line"]}
        raise Refusal(f"{whose}: {said}", **place)

    async def _follow(self, process: Process, project: Path) -> Json:
        told: Json = {}
        limit_s = min(self._order.deadline_ms, DEADLINE_LIMIT_MS) / 1000
        loop = asyncio.get_running_loop()
        over_at = loop.time() + limit_s
        try:
            while message := await process.receive(over_at - loop.time()):
                if message["kind"] == "failed":
                    return {"report": read_report(message.get("report"), "import")}
                told |= {name: message[name] for name in ("document", "routes") if name in message}
                if message["kind"] == "surface":
                    return told
            status = await process.ended
            report = report_end("import", status, process.dump, [], project, process.memory, process.cause)
        except TimeoutError:
            dump = await process.dump_and_kill()
            report = report_timeout("import", limit_s * 1000, dump, [], project)
        return {"report": report}
