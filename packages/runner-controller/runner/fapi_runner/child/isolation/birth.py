"""The fork of one child. In namespaces it takes three: who enters them, who keeps them, and the child itself."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from fapi_runner.child.isolation.cgroup import Group
from fapi_runner.child.isolation.confine import apply
from fapi_runner.child.isolation.keeper import Keeper, keep_namespace
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.namespaces import enter_namespaces
from fapi_runner.libc import fork_plainly


class Born(NamedTuple):
    """A child, and the keeper of its namespaces; 0 where it has none."""

    pid: int
    keeper: int


def bear(plan: Plan, group: Group | None, live: Callable[[Keeper], NoReturn]) -> Born:
    """Fork a child that lives as told, with its line to its keeper; we must be a subreaper."""
    read, write = os.pipe()
    # Who only enters the namespaces needs little of Python, and what it writes to is its keeper's as well.
    pid = fork_plainly() if plan.has("namespaces") else os.fork()
    if pid == 0:
        os.close(read)
        _be_born(plan, group, write, live)
    os.close(write)
    with open(read, "rb") as pipe:
        told = json.loads(pipe.read() or b'{"layer": "namespaces", "reason": "the fork ended without a word"}')
    if "layer" in told or plan.has("namespaces"):
        os.waitpid(pid, 0)
    if "layer" in told:
        raise LayerError(told["layer"], told["reason"])
    return Born(int(told["pid"]), int(told["keeper"]))


def _be_born(plan: Plan, group: Group | None, write: int, live: Callable[[Keeper], NoReturn]) -> NoReturn:
    try:
        if group is not None:
            apply(plan, "cgroup", group.join)
        if plan.has("namespaces"):
            apply(plan, "namespaces", enter_namespaces)
            os.write(write, json.dumps(_fork_inside(write, live)._asdict()).encode())
            os._exit(0)
    except LayerError as error:
        os.write(write, json.dumps({"layer": error.name, "reason": error.reason}).encode())
        os._exit(71)
    os.write(write, json.dumps(Born(os.getpid(), 0)._asdict()).encode())
    os.close(write)
    live(Keeper())


def _fork_inside(write: int, live: Callable[[Keeper], NoReturn]) -> Born:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    keeper = fork_plainly()
    if keeper == 0:
        theirs.close()
        keep_namespace(ours)
    ours.close()
    pid = os.fork()
    if pid == 0:
        os.close(write)
        theirs.send(b".")
        live(Keeper(theirs))
    return Born(pid, keeper)
