"""The fork of one child. In namespaces it takes three: who enters them, who keeps them, and the child itself."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable
from typing import NoReturn

from fapi_runner.child.isolation.cgroup import Group
from fapi_runner.child.isolation.confine import apply
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.libc import name_process, prctl
from fapi_runner.child.isolation.namespaces import enter_namespaces
from fapi_runner.child.isolation.privileges import PR_SET_DUMPABLE

# The keeper is the first process of the namespace, and the child the second.
CHILD_IN_NAMESPACE = 2


def bear(plan: Plan, group: Group | None, live: Callable[[], NoReturn]) -> int:
    """Fork a child that lives as told and return its pid; this process must be a subreaper."""
    read, write = os.pipe()
    pid = os.fork()
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
    return int(told["pid"])


def _be_born(plan: Plan, group: Group | None, write: int, live: Callable[[], NoReturn]) -> NoReturn:
    try:
        if group is not None:
            apply(plan, "cgroup", group.join)
        if plan.has("namespaces"):
            apply(plan, "namespaces", enter_namespaces)
            pid = _fork_inside(write, live)
            os.write(write, json.dumps({"pid": pid}).encode())
            os._exit(0)
    except LayerError as error:
        os.write(write, json.dumps({"layer": error.name, "reason": error.reason}).encode())
        os._exit(71)
    os.write(write, json.dumps({"pid": os.getpid()}).encode())
    os.close(write)
    live()


def _fork_inside(write: int, live: Callable[[], NoReturn]) -> int:
    waits, tells = os.pipe()
    if os.fork() == 0:
        os.close(tells)
        _keep_namespace(waits)
    os.close(waits)
    pid = os.fork()
    if pid == 0:
        os.close(tells)
        os.close(write)
        live()
    os.write(tells, b".")
    return pid


def _keep_namespace(told: int) -> NoReturn:
    """Be the first process of the namespace, with whose end everything in it ends; it must end with the child."""
    name_process(b"fapi-keeper")
    # Out of the zygote's group, which is killed when the zygote has ended: its children live on.
    os.setsid()
    prctl(PR_SET_DUMPABLE, 0)
    signal.set_wakeup_fd(-1)
    # Whoever loses its parent becomes ours; ignored, they leave no zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.dup2(told, 3)
    os.closerange(4, 1 << 16)
    os.read(3, 1)
    try:
        child = os.pidfd_open(CHILD_IN_NAMESPACE)
    except ProcessLookupError:
        os._exit(0)
    waiting = select.poll()
    waiting.register(child, select.POLLIN)
    while not waiting.poll():
        pass
    os._exit(0)
