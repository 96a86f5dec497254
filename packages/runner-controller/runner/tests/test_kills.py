from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from pathlib import Path

import httpx
import pytest
from callers import Caller
from census import Census, find_keeper, read_name
from client import Client
from rig import Rig, find_zygote, hello, is_alive, read_case, until

pytestmark = pytest.mark.anyio
APPS = ("one", "two", "three")
# another: parked, a draft, leaving; a keeper: of a child that serves, where there are keepers
VICTIMS = ("zygote", "agent", "active", "keeper", "another", "another", "two at once")


async def test_a_round_of_kill_9_for_each_victim(own_rig: Rig, seed: int) -> None:
    await kill_in_rounds(own_rig, len(VICTIMS), seed)


@pytest.mark.slow
async def test_a_hundred_rounds_of_kill_9(own_rig: Rig, seed: int) -> None:
    await kill_in_rounds(own_rig, 100, seed)


async def kill_in_rounds(rig: Rig, rounds: int, seed: int) -> None:
    """After each kill every app answers its last word, or the one before if that was rolled back; nobody is left."""
    chance = random.Random(seed)
    victims = [victim for _ in range(0, rounds, len(VICTIMS)) for victim in chance.sample(VICTIMS, len(VICTIMS))]
    census = Census(rig.state)
    words = {app_id: [f"{app_id} 0"] for app_id in APPS}
    for app_id in APPS:
        await rig.deploy(hello(words[app_id][0]), app_id)
    for number in range(rounds):
        # Every kind of victim is there: a former that is parked, a draft, a sleeper.
        changed = chance.choice(APPS)
        words[changed] = [(await rig.get("/", changed)).json(), f"{changed} {number + 1}"]
        await rig.deploy(hello(words[changed][-1]), changed)
        await draft(rig, changed, number)
        sleeping = chance.choice(APPS)
        await rig.client.call("sleep", appId=sleeping, generation=next(rig.generations))
        census.take(rig.ready["pid"])
        victim = victims[number]
        await kill(rig, victim, chance)
        for app_id in APPS:
            await until_answers(rig, app_id, words[app_id], f"round {number}, seed {seed}: {victim} was killed")
    census.take(rig.ready["pid"])
    await rig.close()
    await until(lambda: not census.list_alive(), timeout=5)


async def draft(rig: Rig, app_id: str, number: int) -> None:
    digest = await rig.put(hello(f"draft {number}"))
    key = {"appId": app_id, "host": "h", "session": "s", "sequence": number, "digest": digest}
    await rig.client.call("draft", **key, envVersion=1, environment={}, deadlineMs=10_000)


async def kill(rig: Rig, victim: str, chance: random.Random) -> None:
    children = sorted(int(path.name) for path in (rig.state / "children").iterdir())
    actives = [app["active"]["pid"] for app in (await rig.client.call("status"))["apps"] if "active" in app]
    others = [pid for pid in children if pid not in actives]
    with contextlib.suppress(ProcessLookupError):  # its time may be over by itself
        if victim in ("zygote", "two at once"):
            os.kill(find_zygote(rig), signal.SIGKILL)
        if victim in ("active", "two at once"):
            os.kill(chance.choice(actives), signal.SIGKILL)
        if victim == "keeper" and os.getuid() == 0 and (keeper := find_keeper(chance.choice(actives))) is not None:
            os.kill(keeper, signal.SIGKILL)  # whose keeper is which is told to root alone
        if victim == "another" and others:
            os.kill(chance.choice(others), signal.SIGKILL)
    if victim == "agent":
        await rig.kill()
        await until(lambda: not any(is_alive(pid) for pid in children), timeout=5)
        await rig.boot()


async def until_answers(rig: Rig, app_id: str, words: list[str], title: str) -> None:
    async def answers() -> bool:
        try:
            word = (await rig.get("/", app_id)).json()
        except httpx.HTTPError:
            return False
        return word == words[0 if "rolledBack" in await rig.app(app_id) else -1]

    try:
        await until(answers)
    except TimeoutError:
        raise AssertionError(f"{title}; {app_id} does not answer {words}: {await rig.app(app_id)}") from None


@pytest.mark.parametrize("victim", ["zygote", "controller"])
async def test_no_request_fails_when_the_zygote_or_the_controller_dies(own_rig: Rig, victim: str) -> None:
    rig = own_rig
    await rig.deploy(read_case("shapes"))
    callers = [Caller(rig, "app", shape) for shape in ("keepalive", "close", "stream", "websocket")]
    running = [asyncio.create_task(caller.run()) for caller in callers]
    await until(lambda: all(caller.answered for caller in callers))
    pid = (await rig.app())["active"]["pid"]
    if victim == "zygote":
        os.kill(find_zygote(rig), signal.SIGKILL)
    else:
        await rig.client.close()
    before = [caller.answered for caller in callers]
    await until(lambda: all(caller.answered > count + 3 for caller, count in zip(callers, before, strict=True)))
    for caller in callers:
        caller.stop()
    await asyncio.gather(*running)
    assert [caller.failures for caller in callers] == [[], [], [], []]
    if victim == "controller":
        rig.client = await Client.connect(rig.state / "agent.sock", epoch=2)
    assert (await rig.app())["active"]["pid"] == pid


FAMILY = """\
import os, time
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
def root():
    if os.fork() == 0:
        time.sleep(600)
    if os.fork() == 0:
        while True:
            pass
"""


@pytest.mark.parametrize("end", ["shutdown", "kill -9"])
async def test_nobody_is_left_when_the_runtime_ends(own_rig: Rig, end: str) -> None:
    rig = own_rig
    census = Census(rig.state)
    await rig.deploy({"main.py": FAMILY}, "family")
    await rig.deploy(hello("parked"), "parks")
    await rig.deploy(hello("serves"), "parks")
    await rig.client.event("app", lambda app: "parked" in app)
    await rig.deploy(hello("frozen"), "frozen")
    await rig.client.call("freeze", appId="frozen", generation=next(rig.generations))
    await draft(rig, "family", 1)
    await rig.get("/", "family")
    census.take(rig.ready["pid"])
    names = Counter(read_name(pid) for pid in census.list_alive())
    assert names["fapi-child"] == 7  # four that serve or stand by, a draft, two of the family
    assert names["fapi-keeper"] >= (5 if rig.client.hello["isolation"]["level"] == 3 else 0)
    await (rig.close() if end == "shutdown" else rig.kill())
    await until(lambda: not census.list_alive(), timeout=5)


def test_this_test_would_see_an_orphan(tmp_path: Path) -> None:
    pid = os.spawnvpe(os.P_NOWAIT, "sh", ["sh", "-c", f"cd {tmp_path} && exec sleep 60"], os.environ)
    census = Census(tmp_path)
    while census.list_alive() != {pid}:
        pass
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert census.list_alive() == set()
