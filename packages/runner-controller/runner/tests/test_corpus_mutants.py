"""The verdict on faulty files is the interpreter's own, to the line and the column."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from mutants import make_mutant
from rig import Rig
from verdicts import MAIN, validate

pytestmark = pytest.mark.anyio
BATCH = 90  # under the limit of findings in one answer, so that none is cut
Verdict = list[tuple[str, int, int]]


async def test_the_verdict_on_mutants_is_that_of_compile(rig: Rig) -> None:
    await compare_verdicts(rig, 300)


@pytest.mark.slow
async def test_the_verdict_on_thousands_of_mutants_is_that_of_compile(rig: Rig) -> None:
    await compare_verdicts(rig, 5000)


async def compare_verdicts(rig: Rig, count: int) -> None:
    refused = 0
    for batch in list_batches(count):
        texts = {f"m{seed}.py": make_mutant(seed) for seed in batch}
        findings = await validate(rig, {"main.py": MAIN, **texts})
        found = {file: read_verdict(file, findings) for file in texts}
        expected = {file: judge(text) for file, text in texts.items()}
        assert found == expected
        refused += sum(map(bool, expected.values()))
    assert count / 2 < refused < count, "a corpus that is all right or all wrong proves nothing"


async def test_the_warnings_are_those_of_compile(rig: Rig) -> None:
    texts = {f"m{seed}.py": make_mutant(seed) for seed in range(20)}
    texts = {file: text + "\nx = '\\d' is 1\n" for file, text in texts.items()}
    findings = await validate(rig, {"main.py": MAIN, **texts})
    found = sorted((f["file"], f["start"]["line"], f["message"]) for f in findings if f["code"] == "PY010")
    shown = {file for file, _, _ in found}
    expected = sorted((file, *place) for file in shown for place in list_warnings(texts[file]))
    assert found == expected
    assert found


def list_batches(count: int) -> Iterator[range]:
    for start in range(0, count, BATCH):
        yield range(start, min(start + BATCH, count))


def read_verdict(file: str, findings: list[dict[str, Any]]) -> Verdict:
    codes = ("PY001", "PY002", "PY003", "RES001")
    own = [finding for finding in findings if finding["file"] == file and finding["code"] in codes]
    return [(finding["message"], finding["start"]["line"], finding["start"]["column"]) for finding in own]


def judge(text: str) -> Verdict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "mutant.py", "exec", dont_inherit=True)
        except SyntaxError as error:
            line, column = error.lineno or 1, max(error.offset or 1, 1)
            content = text.split("\n")[line - 1]
            if is_of_the_compiler(text):
                # The stages after the parser count bytes; what is shown is the same place counted in characters.
                column = len(content.encode()[: column - 1].decode("utf-8", "ignore")) + 1
            return [(error.msg, line, column)]
    return []


def is_of_the_compiler(text: str) -> bool:
    try:
        compile(text, "mutant.py", "exec", flags=0x400, dont_inherit=True)  # PyCF_ONLY_AST
    except SyntaxError:
        return False
    return True


def list_warnings(text: str) -> set[tuple[int, str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(text, "mutant.py", "exec", dont_inherit=True)
    return {(warning.lineno or 1, str(warning.message)) for warning in caught}
