from __future__ import annotations

import sys
from typing import Any

import pytest
from client import Refused
from rig import PACKAGE, Rig, hello, read_case
from told import TOLD, tell
from verdicts import cut_out

pytestmark = pytest.mark.anyio

# case: phase, class, type, (file, line), part of the message, part of the hint
FAILURES: dict[str, tuple[str, str, str | None, tuple[str, int] | None, str, str]] = {
    "fail_syntax": ("import", "syntax", "SyntaxError", ("main.py", 6), "invalid syntax", ""),
    "fail_syntax_elsewhere": ("import", "syntax", "SyntaxError", ("part.py", 2), "'return' outside function", ""),
    "fail_raise": ("import", "import", "KeyError", ("main.py", 5), "DATABASE_URL", ""),
    "fail_module": ("import", "import", "ModuleNotFoundError", ("main.py", 1), "pandas", "not installed here"),
    "fail_module_moved": ("import", "import", "ModuleNotFoundError", ("main.py", 2), "users", "'routers.users'"),
    "fail_no_app": ("import", "entrypoint", "EntrypointError", None, "found api = FastAPI(...)", "Rename 'api'"),
    "fail_no_main": ("import", "entrypoint", "EntrypointError", None, "only: server.py", "main.py"),
    "fail_sys_exit": ("import", "crashed", "SystemExit", ("main.py", 6), "sys.exit(3)", ""),
    "fail_os_exit": ("import", "crashed", None, None, "code 7 while it was imported", "os._exit"),
    "fail_segfault": ("import", "crashed", None, ("main.py", 5), "SIGSEGV", ""),
    "fail_abort_silently": ("import", "crashed", None, None, "SIGSEGV", "below Python"),
    "fail_hang": ("import", "timeout", None, ("main.py", 7), "not ready after 0.5 s", "top level"),
    "fail_memory": ("import", "memory", "MemoryError", ("main.py", 4), "memory", "load less"),
    "fail_recursion": ("import", "import", "RecursionError", ("main.py", 7), "recursion", "without ever ending"),
    "fail_deep": ("import", "import", "RecursionError", ("main.py", 14), "recursion", "without ever ending"),
    "fail_wide": ("import", "import", "ExceptionGroup", ("main.py", 11), "not ready (20 sub", "not ready (20 sub"),
    "fail_long_chain": ("import", "import", "ValueError", ("main.py", 9), "try 199999", ""),
    "fail_uvicorn_run": ("import", "entrypoint", "EntrypointError", ("main.py", 5), "uvicorn.run()", "__main__"),
    "fail_chain": ("import", "import", "RuntimeError", ("main.py", 13), "no database", ""),
    "fail_closed_streams": ("import", "import", "ValueError", ("main.py", 8), "still told", ""),
    "fail_files": ("import", "import", "OSError", ("main.py", 1), "Too many open files", "never closed"),
    "fail_group": ("import", "import", "ExceptionGroup", ("main.py", 12), "not ready (2 sub", "LookupError: no cache"),
    "fail_hog": ("import", "memory", "MemoryError", ("main.py", 3), "Its limit is 1024 MiB", "load less"),
    "fail_huge": ("import", "import", "ValueError", ("main.py", 1), "xxx ...", ""),
    "fail_notes": ("import", "import", "ValueError", ("main.py", 3), "no settings", ""),
    "fail_patched": ("import", "import", "ValueError", ("main.py", 17), "still told", ""),
    "fail_threads": ("import", "import", "RuntimeError", ("main.py", 5), "can't start new thread", "fixed size"),
    "fail_forks": ("import", "import", "BlockingIOError", ("main.py", 5), "Resource temporarily", "fixed size"),
    "fail_exit_70": ("import", "crashed", None, None, "ended itself with code 70", "os._exit"),
    "fail_module_taken": ("import", "import", "KeyError", None, "main", "Leave sys.modules alone"),
    "fail_separators": ("import", "import", "ValueError", ("main.py", 2), "on line 2", ""),
    "fail_without_builtins": ("import", "crashed", None, None, "the runner's own part", "no fault of the app"),
    "fail_without_modules": ("import", "import", "ValueError", ("main.py", 8), "still told", ""),
    "fail_unprintable": ("import", "import", "Silent", ("main.py", 8), "__str__ raised ZeroDivisionError", ""),
    "fail_variable": ("import", "import", "KeyError", ("main.py", 3), "DATABASE_URL", "Add the variable DATABASE_URL"),
    "fail_lifespan": ("startup", "startup", "ConnectionError", ("main.py", 8), "does not answer", ""),
    "fail_lifespan_exit": ("startup", "crashed", "SystemExit", ("main.py", 9), "no configuration", ""),
    "fail_lifespan_hang": ("startup", "timeout", None, ("main.py", 9), "while it was starting", ""),
}


async def fail(rig: Rig, case: str, **changed: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        await rig.deploy(read_case(case), case, **changed)
    assert refused.value.code == "failed"
    return refused.value.report


# Where the check of the files finds the same, the code is the same.
CODES = {
    "syntax": "PY001",
    "import": "IMP010",
    "startup": "ENT010",
    "timeout": "RES010",
    "memory": "RES011",
    "crashed": "RES013",
    "entrypoint": "ENT001",
}
SPECIAL = {
    "fail_module": "IMP001",
    "fail_module_moved": "IMP001",
    "fail_no_main": "ENT002",
    "fail_uvicorn_run": "ENT003",
}


@pytest.mark.parametrize("case", FAILURES)
async def test_each_failure_is_a_finding_at_its_place(rig: Rig, case: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy(read_case(case), case, deadlineMs=500 if "hang" in case else 10_000)
    report, finding = refused.value.report, refused.value.finding
    assert finding["code"] == SPECIAL.get(case, CODES[report["class"]])
    assert finding["severity"] == "error"
    assert report["message"][:1900] in finding["message"]  # which is cut at 2,000 characters
    assert finding.get("hint") == report.get("hint")
    file, line = FAILURES[case][3] or ("main.py", 1)
    assert (finding["file"], finding["start"]["line"]) == (file, line)
    assert [fix["package"] for fix in finding.get("fixes", [])] == (["pandas"] if case == "fail_module" else [])


# What is marked of an import that failed when it ran.
MARKED = {
    "from shop import prices, nothing": "nothing",
    "from shop import shop": "shop",
    "if True:\n    from shop import (\n        nothing,\n    )": "shop",
    "import json, pandas as pd": "pandas",
    "import shop.nothing": "shop.nothing",
    "from .nothing import x": ".nothing",
    "from shop import prices; from shop import nothing": "",
    "imports = {}['x']": "",
}


@pytest.mark.parametrize("statement", MARKED)
async def test_an_import_that_fails_is_marked_at_the_name_that_is_not_there(rig: Rig, statement: str) -> None:
    text = f"{statement}\n"
    with pytest.raises(Refused) as refused:
        await rig.prepare({"main.py": text, "shop.py": "prices = {}\n"})
    finding = refused.value.finding
    assert finding["severity"] == "error"
    assert cut_out(text, finding) == MARKED[statement]


async def test_a_variable_that_is_missing_by_a_slip_of_the_pen_is_shown_the_one_that_is_there(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.prepare(read_case("fail_variable"), environment={"DATABASE_URI": "x", "OTHER": "y"})
    assert refused.value.report["variable"] == "DATABASE_URL"
    assert refused.value.finding["variable"] == "DATABASE_URL"
    assert refused.value.report["hint"].startswith("Did you mean DATABASE_URI, which is set? Add the variable")


async def test_the_failure_of_a_running_app_is_a_finding_too(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy(read_case("fail_raise"), "failing")
    failure = (await rig.app("failing"))["failure"]
    assert failure["finding"] == refused.value.finding
    assert failure["finding"]["message"] == "KeyError: 'DATABASE_URL'"


@pytest.mark.parametrize("case", FAILURES)
async def test_each_failure_names_its_class_and_place(rig: Rig, case: str) -> None:
    phase, kind, type_name, place, message, hint = FAILURES[case]
    report = await fail(rig, case, deadlineMs=500 if "hang" in case else 10_000)
    assert (report["phase"], report["class"], report.get("type")) == (phase, kind, type_name)
    assert message in report["message"]
    assert hint in report.get("hint", "")
    last = report["frames"][-1] if report["frames"] else None
    assert (last and (last["file"], last["line"])) == place
    assert all(not frame["file"].startswith("/") for frame in report["frames"])
    assert tell(report) == TOLD[case]  # what packages/components/test/told.test.ts shows in German


async def test_writing_beside_what_is_deployed_says_where_to_write(rig: Rig) -> None:
    if not any(
        layer["name"] == "read-only-root" and layer["active"] for layer in rig.client.hello["isolation"]["layers"]
    ):
        pytest.skip("without a root of its own the app is told of missing rights instead")
    report = await fail(rig, "fail_read_only")
    assert (report["type"], report["frames"][-1]["line"]) == ("OSError", 3)
    assert "that is not part of the project" in report["hint"]


async def test_a_syntax_error_is_shown_as_cpython_shows_it(rig: Rig) -> None:
    report = await fail(rig, "fail_syntax")
    assert report["frames"][-1] == {"file": "main.py", "line": 6, "column": 12, "source": "def broken(:"}


async def test_the_frames_carry_function_column_and_source(rig: Rig) -> None:
    report = await fail(rig, "fail_raise")
    assert report["frames"] == [
        {"file": "main.py", "line": 8, "column": 1, "function": "<module>", "source": "configure()"},
        {
            "file": "main.py",
            "line": 5,
            "column": 5,
            "function": "configure",
            "source": 'raise KeyError("DATABASE_URL")',
        },
    ]
    assert report["output"][-1] == "KeyError: 'DATABASE_URL'"


@pytest.mark.parametrize("case", ["fail_raise", "fail_syntax_elsewhere", "fail_module_moved", "fail_lifespan"])
async def test_the_output_reads_as_at_home(rig: Rig, case: str) -> None:
    report = await fail(rig, case)
    text = "\n".join(report["output"])
    frames = [line.strip() for line in report["output"] if line.startswith("  File ")]
    assert frames[-1].startswith('File "main.py"' if "elsewhere" not in case else 'File "part.py"')
    assert "fapi_runner" not in text
    assert "importlib" not in text
    assert 'File "/' not in text


async def test_an_endless_message_is_cut_and_the_app_stays_in_hand(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": "raise ValueError('\\n'.join('z' * 8000 for _ in range(300)))\n"}, "endless")
    assert len(refused.value.report["message"]) <= 4000 + len(" ...")
    assert (await rig.app("endless"))["failure"]["report"]["type"] == "ValueError"
    await rig.deploy(hello("well again"), "endless")
    assert (await rig.get("/", "endless")).json() == "well again"


async def test_the_last_words_of_a_process_are_kept(rig: Rig) -> None:
    report = await fail(rig, "fail_os_exit")
    assert report["output"] == ["before the end"]
    assert report["exitCode"] == 7
    assert (await fail(rig, "fail_segfault"))["signal"] == "SIGSEGV"


async def test_endless_recursion_is_folded(rig: Rig) -> None:
    assert len((await fail(rig, "fail_recursion"))["frames"]) == 2


async def test_who_serves_goes_on_when_the_next_one_fails(rig: Rig) -> None:
    await rig.deploy(hello("still here"), "steady")
    for case in ("fail_raise", "fail_lifespan"):
        with pytest.raises(Refused):
            await rig.deploy(read_case(case), "steady")
        assert (await rig.get("/", "steady")).json() == "still here"
    app = await rig.app("steady")
    assert app["phase"] == "running"
    assert app["failure"]["report"]["type"] == "ConnectionError"
    assert "candidate" not in app


async def test_a_failed_activate_leaves_nothing_prepared(rig: Rig) -> None:
    prepared = await rig.prepare(read_case("fail_lifespan"), "once")
    with pytest.raises(Refused, match="failed"):
        await rig.client.call("activate", **prepared["key"])
    with pytest.raises(Refused, match="unprepared"):
        await rig.client.call("activate", **prepared["key"])


# Exceptions that answer nobody, and those that nobody catches.
STUBBORN = {
    "a class that answers for nothing": """\
class Meta(type):
    def __getattribute__(cls, name): raise ValueError(name)
class Error(Exception, metaclass=Meta): ...
raise Error
""",
    "an exception without a past": """\
class Error(Exception):
    @property
    def __traceback__(self): raise ValueError
    __cause__ = __context__ = __traceback__
raise Error
""",
    "notes that are none": """\
error = ValueError("it")
error.__notes__ = 5
raise error
""",
    "a thread's": """\
import threading
class Error(Exception):
    def __str__(self): raise ZeroDivisionError
    __repr__ = __str__
def work(): raise Error
thread = threading.Thread(target=work)
thread.start()
thread.join()
raise KeyError("it")
""",
    "one in a finalizer": """\
class Thing:
    def __del__(self): raise ValueError("it")
thing = Thing()
del thing
raise KeyError("it")
""",
}


@pytest.mark.parametrize("title", STUBBORN)
async def test_no_failure_names_a_path_of_this_machine(rig: Rig, title: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": STUBBORN[title]}, "stubborn")
    report = refused.value.report
    assert report["class"] == "import"
    assert report["message"]
    told = str(report)
    assert [place for place in (str(rig.state), str(PACKAGE), "fapi_runner", sys.prefix) if place in told] == []
    assert any("Error" in line for line in report["output"]), report["output"]
