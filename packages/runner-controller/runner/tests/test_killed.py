"""What somebody kills from outside is told as that, and nothing that it read or imported is blamed."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from census import find_keeper
from client import Refused
from rig import Rig, until
from verdicts import ENDLESS, MAIN, validate

from fapi_runner.agent.procfs import read_stat

pytestmark = pytest.mark.anyio
SLOW = "import time\ntime.sleep(60)\n"
BUSY_TICKS = os.sysconf("SC_CLK_TCK") // 2


def find_busy(rig: Rig) -> int | None:
    return next((pid for pid in rig.list_pids() if read_stat(pid).cpu_ticks > BUSY_TICKS), None)


async def test_a_checker_that_is_killed_is_no_fault_of_the_file(own_rig: Rig) -> None:
    files: dict[str, str | bytes] = {"main.py": MAIN, "endless.py": ENDLESS, "z.py": "def f(:\n"}
    checking = asyncio.create_task(validate(own_rig, files, urgent=True))
    os.kill(await until(lambda: find_busy(own_rig)), signal.SIGKILL)
    found = {finding["file"]: finding for finding in await checking if finding["severity"] == "error"}
    assert {file: finding["code"] for file, finding in found.items()} == {"endless.py": "RES012", "z.py": "PY001"}
    said = "endless.py could not be checked: the checker was killed from outside, by the system or a person."
    assert (found["endless.py"]["message"], found["endless.py"]["source"]) == (said, "runner")
    assert found["endless.py"]["hint"] == "It is not to blame: check again."


@pytest.mark.parametrize("victim", ["child", "keeper"])
@pytest.mark.parametrize("method", ["draft", "prepare"])
async def test_what_is_killed_while_it_imports_is_told_as_killed(own_rig: Rig, method: str, victim: str) -> None:
    if victim == "keeper" and own_rig.client.hello["isolation"]["level"] < 3:
        pytest.skip("there are no keepers at this level")
    if victim == "keeper" and os.getuid() != 0:
        pytest.skip("whose keeper is which is told to root alone")
    key = {"appId": "app", "host": "h", "digest": await own_rig.put({"main.py": SLOW}), "envVersion": 1}
    more = {"session": "s", "sequence": 1} if method == "draft" else {"generation": 1}
    calling = asyncio.create_task(own_rig.client.call(method, **key, **more, environment={}, deadlineMs=20_000))
    child = (await until(own_rig.list_pids)).pop()
    found = child if victim == "child" else await until(lambda: find_keeper(child))
    os.kill(found, signal.SIGKILL)
    with pytest.raises(Refused) as refused:
        await calling
    assert refused.value.code == "failed"
    report = refused.value.report
    assert (report["phase"], report["class"], report["signal"]) == ("import", "killed", "SIGKILL")
    assert report["message"] == "The process was ended by signal SIGKILL while it was imported."
    assert "The app did not end itself" in report["hint"]
    assert refused.value.finding["code"] == "RES012"


async def test_a_conversion_that_is_killed_does_not_blame_the_file(own_rig: Rig) -> None:
    routes = "".join(f"@app.get('/{number}')\ndef f{number}(): return {number}\n" for number in range(2000))
    files: dict[str, str | bytes] = {"main.py": MAIN + routes}
    await validate(own_rig, files)  # so that whoever lives next is who converts
    await until(lambda: not own_rig.list_pids())
    digest = await own_rig.put(files)
    converting = asyncio.create_task(own_rig.client.call("convert", digest=digest, deadlineMs=20_000))
    os.kill((await until(own_rig.list_pids)).pop(), signal.SIGKILL)
    said = "Reading main.py was killed from outside, by the system or a person: convert it again."
    assert (await converting)["refused"]["message"] == said
