"""Turns this child into a program of ours that reads the user's files, such as ruff: as confined, and limited more."""

from __future__ import annotations

import os
import resource
from typing import NoReturn

from fapi_runner.child.order import Order

NICENESS = 5  # whoever waits for an app comes before whoever waits for an editor


def become_tool(order: Order, fds: dict[str, int]) -> NoReturn:
    """Go on as the order's program in the folder of the code, with its output to the agent; raise OSError instead."""
    os.chdir(order.code)
    os.dup2(fds["answer"], 1)
    # The only descriptor of ours that stays: it still ends with the agent.
    os.set_inheritable(fds["lifeline"], True)
    _limit(resource.RLIMIT_CPU, order.body["processorSeconds"])
    _limit(resource.RLIMIT_FSIZE, order.body.get("fileBytes", 0))
    if order.body["kind"] == "language":
        os.dup2(fds["answer"], 0)
        os.nice(NICENESS)
        _limit(resource.RLIMIT_DATA, order.body["memoryBytes"])
    program = order.body["program"]
    os.execve(program, [program, *order.body["arguments"]], order.body["environment"])


def _limit(kind: int, limit: int) -> None:
    hard = resource.getrlimit(kind)[1]
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (allowed, allowed))
