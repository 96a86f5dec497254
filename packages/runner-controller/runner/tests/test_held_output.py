"""What a draft prints is kept for its deploy: a few lines, and how many more there were."""

from __future__ import annotations

import tracemalloc

from fapi_runner.agent.children.logs import LogBook
from fapi_runner.agent.children.masking import Masker
from fapi_runner.agent.serving.draft import LINES_HELD, HeldOutput
from fapi_runner.protocol import Json

FLOODS, LINES = 100, 1 << 20


def test_lines_without_end_are_handed_over_as_a_number() -> None:
    book = LogBook()
    told: list[Json] = []
    book.watchers.add(told.append)
    held = HeldOutput()
    held.write("stdout", [f"line {number}" for number in range(LINES_HELD + 1)])
    flood = b"\n" * LINES
    for _ in range(FLOODS):
        held.skip("stdout", flood)
    tracemalloc.start()
    held.hand_over(book.open("app", 1, Masker({}, [])))
    book.flush()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [len(event["lines"]) for event in told if event["lines"]] == [LINES_HELD]
    assert sum(event["dropped"] for event in told) == FLOODS * LINES + 1
    assert peak < LINES
