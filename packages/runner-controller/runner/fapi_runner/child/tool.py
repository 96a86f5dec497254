"""Turns this child into a program of ours that reads the user's files, such as ruff: as confined, and limited more."""

from __future__ import annotations

import os
import resource
from typing import NoReturn

from fapi_runner.child.order import Order


def become_tool(order: Order, fds: dict[str, int]) -> NoReturn:
    """Go on as the order's program in the folder of the code, with its output to the agent; raise OSError instead."""
    os.chdir(order.code)
    os.dup2(fds["answer"], 1)
    # The only descriptor of ours that stays: it still ends with the agent.
    os.set_inheritable(fds["lifeline"], True)
    for kind, limit in ((resource.RLIMIT_CPU, order.body["processorSeconds"]), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (limit, limit))
    program = order.body["program"]
    os.execve(program, [program, *order.body["arguments"]], order.body["environment"])
