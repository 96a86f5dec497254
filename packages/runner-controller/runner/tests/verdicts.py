"""One wrong thing in a project, and the one finding that it must be."""

from __future__ import annotations

from typing import Any, NamedTuple

from rig import Rig

MAIN = "from fastapi import FastAPI\napp = FastAPI()\n"
# CPython compares every keyword with every other.
ENDLESS = "f(" + ",".join(f"a{number}=1" for number in range(60_000)) + ")"


class Case(NamedTuple):
    files: dict[str, str | bytes]
    code: str
    severity: str
    file: str
    place: tuple[int, int]
    message: str


async def validate(rig: Rig, files: dict[str, str | bytes], *, urgent: bool = False) -> list[dict[str, Any]]:
    return (await rig.client.call("validate", digest=await rig.put(files), urgent=urgent))["findings"]


def without_advice(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["source"] not in ("ruff", "capabilities")]


def cut_out(text: str, finding: dict[str, Any]) -> str:
    """Return what is marked of a file."""
    lines = text.splitlines(keepends=True)
    places = [finding["start"], finding["end"]]
    start, end = (sum(map(len, lines[: place["line"] - 1])) + place["column"] - 1 for place in places)
    return text[start:end]


async def expect(rig: Rig, case: Case) -> None:
    """Assert that this is all that is found."""
    findings = without_advice(await validate(rig, case.files))
    assert [finding["code"] for finding in findings] == [case.code]
    finding = findings[0]
    assert (finding["severity"], finding["file"]) == (case.severity, case.file)
    assert (finding["start"]["line"], finding["start"]["column"]) == case.place
    assert case.message in finding["message"]
    assert (finding["end"]["line"], finding["end"]["column"]) >= case.place
