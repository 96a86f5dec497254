"""Apps with processes of their own: by fork they work and hold nothing of ours, otherwise they are told how."""

from __future__ import annotations

import asyncio

import pytest
from client import Refused
from rig import Rig, until

pytestmark = pytest.mark.anyio

APP = """\
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from fastapi import FastAPI

IMPORTED

@asynccontextmanager
async def lifespan(app):
    STARTED
    yield
    STOPPED

app = FastAPI(lifespan=lifespan)

@app.get("/")
def root():
    ANSWERED

@app.get("/start")
def start():
    process = multiprocessing.Process(target=time.sleep, args=(100,), daemon=True)
    process.start()
    return process.pid
"""
# Where it is made: IMPORTED, STARTED, STOPPED, ANSWERED, and what is answered.
WORKERS = {
    "a process at the import": (
        "worker = multiprocessing.Process(target=time.sleep, args=(100,), daemon=True); worker.start()",
        *("pass", "worker.terminate()", "return worker.is_alive()", True),
    ),
    "a process at the startup": (
        "",
        "app.state.worker = multiprocessing.Process(target=time.sleep, args=(100,)); app.state.worker.start()",
        *("app.state.worker.terminate()", "return app.state.worker.is_alive()", True),
    ),
    "a pool": (
        *("", "app.state.pool = multiprocessing.Pool(2)", "app.state.pool.terminate()"),
        *("return app.state.pool.map(abs, [-1, -2])", [1, 2]),
    ),
    "an executor": (
        *("", "app.state.pool = ProcessPoolExecutor(2); app.state.pool.submit(abs, -1).result()"),
        *("app.state.pool.shutdown()", "return app.state.pool.submit(abs, -3).result()", 3),
    ),
    "a plain fork": (
        *("", "app.state.pid = os.fork() or (time.sleep(100), os._exit(0))", "os.kill(app.state.pid, 9)"),
        *("return app.state.pid > 0", True),
    ),
}


def write(imported: str = "", started: str = "pass", stopped: str = "pass", answered: str = "return 1") -> str:
    words = {"IMPORTED": imported, "STARTED": started, "STOPPED": stopped, "ANSWERED": answered}
    source = APP
    for word, text in words.items():
        source = source.replace(word, text)
    return source


@pytest.mark.parametrize("title", WORKERS)
async def test_an_app_with_workers_is_live_swapped_and_ended_like_any_other(rig: Rig, title: str) -> None:
    *words, expected = WORKERS[title]
    source = write(*map(str, words))
    for version in (1, 2):
        await rig.deploy({"main.py": f"{source}\n# {version}\n"}, "workers")
        assert (await rig.get("/", "workers")).json() == expected
    async with asyncio.timeout(5):
        await rig.client.call("stop", appId="workers", generation=next(rig.generations))


async def test_a_worker_keeps_no_connection_of_a_client_open(rig: Rig) -> None:
    await rig.deploy({"main.py": write()}, "starts")
    reader, writer = await asyncio.open_unix_connection(rig.socket("starts"))
    writer.write(b"GET /start HTTP/1.1\r\nhost: app\r\nconnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    assert answer.startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_worker_accepts_nobody_when_its_app_has_ended(rig: Rig) -> None:
    await rig.deploy({"main.py": write()}, "ends")
    await rig.get("/start", "ends")
    pid = (await rig.app("ends"))["active"]["pid"]
    await rig.deploy({"main.py": write() + "\n#"}, "ends")
    for _ in range(20):
        assert (await rig.get("/", "ends")).status_code == 200
    await until(lambda: not (rig.state / "children" / str(pid)).exists())


SPAWNED = {
    "an executor that spawns": (
        "ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn')).submit(abs, -1).result()"
    ),
    "a process of a fork server": "multiprocessing.get_context('forkserver').Process(target=abs, args=(1,)).start()",
}


@pytest.mark.parametrize("title", SPAWNED)
async def test_processes_that_need_a_program_are_refused_with_what_to_use(rig: Rig, title: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.deploy({"main.py": write(started=SPAWNED[title])}, "spawns")
    assert "made by fork alone" in refused.value.report["hint"]
