"""Each file is looked at once and large projects by two at a time, and nothing is lost or left over by that."""

from __future__ import annotations

import json

import pytest
from rig import Rig
from verdicts import ENDLESS, MAIN, validate, without_advice

from fapi_runner.agent.checking.recent import Recent

pytestmark = pytest.mark.anyio
WORDS = "".join(f"x{number} = 'a line of a large file'\n" for number in range(300))


def list_places(findings: list[dict]) -> list[tuple[str, str, int]]:
    return sorted((finding["file"], finding["code"], finding["start"]["line"]) for finding in findings)


async def test_what_two_find_in_a_large_project_is_what_each_file_has(rig: Rig) -> None:
    parts: dict[str, str | bytes] = {}
    expected = []
    for number in range(20):
        parts[f"part{number}.py"] = f"import missing{number}\n{WORDS}y = '\\d'\ndef f(:\n"
        parts[f"fine{number}.py"] = f"import missing{number}\n{WORDS}"
        expected += [(f"part{number}.py", "PY001", 303), (f"fine{number}.py", "IMP001", 1)]
    findings = without_advice(await validate(rig, {"main.py": MAIN, **parts}))
    assert list_places(findings) == sorted(expected)


async def test_a_file_that_ends_one_of_two_checkers_is_named_and_all_others_are_checked(rig: Rig) -> None:
    parts: dict[str, str | bytes] = {f"part{number}.py": f"{WORDS}def f{number}(:\n" for number in range(20)}
    findings = without_advice(await validate(rig, {"main.py": MAIN, "endless.py": ENDLESS, **parts}))
    assert list_places(findings) == sorted([("endless.py", "RES001", 1), *((file, "PY001", 301) for file in parts)])


async def test_what_changed_beside_a_known_file_shows_in_it(rig: Rig) -> None:
    main = MAIN + "import parts.a\nimport os\n"
    whole = {"main.py": main, "parts/a.py": "import nothing_like_it\n"}
    assert list_places(await validate(rig, whole)) == [
        ("main.py", "RUF-F401", 3),
        ("main.py", "RUF-F401", 4),
        ("parts/a.py", "IMP001", 1),
        ("parts/a.py", "RUF-F401", 1),
    ]
    # It is gone, and main.py is as it was.
    assert list_places(without_advice(await validate(rig, {"main.py": main, "parts/b.py": ""}))) == [
        ("main.py", "IMP001", 3)
    ]
    # It is back and imports something else; nobody imports it, and that is no error then.
    again = await validate(rig, {"main.py": MAIN, "parts/a.py": "import nothing_like_it\n"})
    assert [(f["code"], f["severity"]) for f in without_advice(again)] == [("IMP001", "warning")]


async def test_who_is_in_a_hurry_hears_of_ruffs_advice_beside_an_error_only(rig: Rig) -> None:
    fine: dict[str, str | bytes] = {"main.py": MAIN + "import csv\n"}
    assert list_places(await validate(rig, fine, urgent=True)) == []
    # That was not all there is to say about it.
    advice = ("main.py", "RUF-F401", 3)
    assert list_places(await validate(rig, fine)) == [advice]
    broken = fine | {"other.py": "def f(:\n"}
    assert list_places(await validate(rig, broken, urgent=True)) == [advice, ("other.py", "PY001", 1)]


async def test_the_same_text_under_another_name_is_another_file(rig: Rig) -> None:
    no_app = "x = 1\n"
    assert list_places(await validate(rig, {"main.py": MAIN, "other.py": no_app})) == []
    assert list_places(await validate(rig, {"main.py": no_app, "other.py": MAIN})) == [("main.py", "ENT001", 1)]


async def test_ruffs_advice_on_one_file_is_the_same_beside_others_and_alone(rig: Rig) -> None:
    first: dict[str, str | bytes] = {"main.py": MAIN + "import os\n", "-a.py": "import re\n", "b.py": "import abc\n"}
    whole = await validate(rig, first)
    retyped = await validate(rig, first | {"-a.py": "import re \n", "b.py": "import abc \n"})
    assert list_places(retyped) == list_places(whole)
    assert [place for place in list_places(whole) if place[1] == "RUF-F401"] == [
        ("-a.py", "RUF-F401", 1),
        ("b.py", "RUF-F401", 1),
        ("main.py", "RUF-F401", 3),
    ]


async def test_advice_that_ruff_could_not_give_to_its_end_is_said_to_be_missing_and_asked_for_again(rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": MAIN + "import os\n", "deep.py": "x = f" + "[0]" * 10_000}
    for _ in range(2):
        missing = [finding for finding in await validate(rig, files) if finding["code"] == "RUF-000"]
        assert ["ended early" in finding["message"] for finding in missing] == [True]
    assert ("main.py", "RUF-F401", 3) in list_places(await validate(rig, files | {"deep.py": ""}))


async def test_a_warning_about_a_files_text_takes_no_advice_away(rig: Rig) -> None:
    findings = await validate(rig, {"main.py": MAIN + "import os  # \u202e\n"})
    assert {("main.py", "RUF-F401", 3), ("main.py", "SRC005", 3)} <= set(list_places(findings))


async def test_a_finding_holds_nothing_that_no_store_can_keep(rig: Rig) -> None:
    main = MAIN + "x = '%(a)s' % {'a': 1, '\\0': 2}\n"
    findings = await validate(rig, {"main.py": main, "\udcff.py": "def f(:\n"})
    assert {finding["code"] for finding in findings} == {"PY001", "SRC006", "RUF-F504"}
    told = json.dumps(findings, ensure_ascii=False)
    assert "\\u0000" not in told
    assert told == told.encode("utf-8", "replace").decode()
    assert {finding["file"] for finding in findings} == {"\ufffd.py", "main.py"}


def test_what_nobody_asked_for_longest_is_forgotten_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 1)
    recent.keep("b", 2)
    assert recent.find("a") == 1
    recent.keep("c", 3)
    assert (recent.find("a"), recent.find("b"), recent.find("c")) == (1, None, 3)
