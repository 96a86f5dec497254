"""Latency of an app while another one takes all it can get, against the same app alone, in turns.

    python bench/python/neighbours.py <a file of the runner's tests/hogs, such as busy_loops> [rounds]

As root or not, with the interpreter of the curated layer. Prints the 99th percentile of every round as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import sys
import time
from pathlib import Path

TESTS = Path(__file__).parents[2] / "packages/runner-controller/runner/tests"
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

import httpx
from agents import Kind
from rig import Rig
from world import World, open_world

PAUSE_S = 0.005
SECONDS = 4  # of one side of a round: some six hundred answers
ONSET_S = 2.5  # until the agent has looked
AGAIN_S = 0.5


async def time_answers(rig: Rig) -> float:
    times = []
    reader, writer = await asyncio.open_unix_connection(rig.socket("neighbour"))
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(b"GET / HTTP/1.1\r\nhost: app\r\n\r\n")
        await reader.readuntil(b'"here"')
        times.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE_S)
    writer.close()
    return statistics.quantiles(times, n=100)[98]


async def attack(world: World, hog: str) -> None:
    """Attack, and again whenever that is over, for some would leave it at one time."""
    with contextlib.suppress(httpx.HTTPError):
        await world.attack({"attack.py": (TESTS / "hogs" / f"{hog}.py").read_bytes()}, timeout=60)
    while True:
        await asyncio.sleep(AGAIN_S)
        with contextlib.suppress(httpx.HTTPError):
            async with world.rig.http("attack") as http:
                await http.get("/attack", timeout=60)


async def time_attacked(world: World, hog: str) -> float:
    attacking = asyncio.create_task(attack(world, hog))
    await asyncio.sleep(ONSET_S)
    attacked = await time_answers(world.rig)
    assert not attacking.done(), attacking
    attacking.cancel()
    await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))
    return attacked


async def main(hog: str, rounds: int) -> None:
    figures: dict[str, list[float]] = {"ours": [], "peers": []}
    async with open_world(Kind(None, 3), "--folder-mebibytes", "48") as world:
        world.stop_asking()
        for _ in range(rounds):
            figures["peers"].append(await time_answers(world.rig))
            figures["ours"].append(await time_attacked(world, hog))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5))
