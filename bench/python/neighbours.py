"""Latency of an app while another one takes all it can get, against the same app alone just before.

Run as root or not with the interpreter of the curated layer: python bench/python/neighbours.py [seconds]
"""

from __future__ import annotations

import asyncio
import contextlib
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

HOGS = ("busy_loops", "fork_bomb", "thread_bomb", "memory_hog", "memory_hog_forked", "disk_filler", "endless_number")
PAUSE_S = 0.005


async def time_answers(rig: Rig, seconds: float) -> list[float]:
    times = []
    reader, writer = await asyncio.open_unix_connection(rig.socket("neighbour"))
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(b"GET / HTTP/1.1\r\nhost: app\r\n\r\n")
        await reader.readuntil(b'"here"')
        times.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE_S)
    writer.close()
    return times


def describe(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


async def attack(world: World, hog: str) -> None:
    with contextlib.suppress(httpx.HTTPError, asyncio.CancelledError):
        await world.attack({"attack.py": (TESTS / "hogs" / f"{hog}.py").read_bytes()}, timeout=60)


async def main(seconds: float) -> None:
    async with open_world(Kind(None, 3), "--folder-mebibytes", "48") as world:
        world.stop_asking()
        for hog in HOGS:
            alone = await time_answers(world.rig, seconds)
            attacking = asyncio.create_task(attack(world, hog))
            attacked = await time_answers(world.rig, seconds)
            attacking.cancel()
            await world.rig.client.call("remove", appId="attack", generation=next(world.rig.generations))
            (p50, p99), (p50_hog, p99_hog) = describe(alone), describe(attacked)
            print(
                f"{hog:18} p50 {p50:5.2f} -> {p50_hog:5.2f} ms, p99 {p99:6.2f} -> {p99_hog:6.2f} ms, "
                f"ratio {p50_hog / p50:.2f} / {p99_hog / p99:.2f}"
            )


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3))
