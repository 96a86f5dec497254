"""Times from `prepare` to the first answer of a one-route app: forked on request, and taken from waiting blanks.

Run with the interpreter of the curated layer: python bench/blanks.py [rounds]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from census import read_name
from conftest import make_state
from rig import Rig, delete_state, hello, until
from world import list_processes

VARIANTS = {
    "forked, no isolation": ("--blanks", "0", "--isolation-limit", "0"),
    "forked, level 3": ("--blanks", "0"),
    "blank, level 3": ("--blanks", "2"),
}


async def measure(rig: Rig, number: int) -> tuple[float, float]:
    digest = await rig.put(hello(number))
    key = {"appId": "app", "generation": next(rig.generations), "digest": digest}
    rest = {"host": "app.localhost", "envVersion": 1, "environment": {}, "deadlineMs": 10_000}
    started = time.perf_counter()
    await rig.client.call("prepare", **key, **rest)
    prepared = time.perf_counter()
    await rig.client.call("activate", **key)
    reader, writer = await asyncio.open_unix_connection(rig.socket())
    writer.write(b"GET / HTTP/1.1\r\nhost: app\r\nconnection: close\r\n\r\n")
    assert (await reader.read()).endswith(b"\r\n\r\n%d" % number)
    writer.close()
    ended = time.perf_counter()
    return (ended - started) * 1000, (ended - prepared) * 1000


def count_blanks(rig: Rig) -> int:
    return sum(read_name(pid) == "fapi-blank" for pid in list_processes(rig.state))


async def main(rounds: int) -> None:
    states = {name: make_state() for name in VARIANTS}
    rigs = {name: await Rig.start(states[name], *options) for name, options in VARIANTS.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in VARIANTS}
    for number in range(rounds + 2):
        for name, rig in rigs.items():
            wanted = int(VARIANTS[name][1])
            await until(lambda rig=rig, wanted=wanted: count_blanks(rig) == wanted)
            measured = await measure(rig, number)
            if number >= 2:
                times[name].append(measured)
    for name, rows in times.items():
        for number, what in enumerate(("prepare to answer", "activate to answer")):
            values = [row[number] for row in rows]
            tenths = statistics.quantiles(values, n=10)
            print(
                f"{name:22} {what:20} median {statistics.median(values):6.1f} ms "
                f"({tenths[0]:.1f}-{tenths[-1]:.1f}), least {min(values):.1f}"
            )
    for name, rig in rigs.items():
        await rig.close()
        delete_state(states[name])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
