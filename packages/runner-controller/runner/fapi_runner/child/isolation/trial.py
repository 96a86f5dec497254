"""Finds out by trying, in children that do nothing else, which layers hold on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import NoReturn

from fapi_runner import calls
from fapi_runner.child.isolation import cpuset, landlock, network, seccomp
from fapi_runner.child.isolation.birth import bear
from fapi_runner.child.isolation.confine import Places, apply, confine, enclose
from fapi_runner.child.isolation.cpuset import PlacedGroup
from fapi_runner.child.isolation.keeper import Keeper
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS
from fapi_runner.grants import NAMES, Outlet

# Of nobody: a trial connects to it, and whoever tries is asked for it.
SOMEWHERE = Outlet("trial", 1, str(NAMES.network_address))
CALL_S = 5


def find_plan(state: Path, limit: int) -> Plan:
    """Return the plan with every layer that a child could really have."""
    plan = Plan(state, limit)
    while failed := _try(plan):
        plan.give_up(failed.name, failed.reason)
    if plan.has("landlock") and (gap := landlock.find_gap()):
        plan.reasons["landlock"] = gap
    if plan.has("cgroup") and (gap := cpuset.find_gap()):
        plan.reasons["cgroup"] = gap
    if plan.has("seccomp"):
        # Built once, here, and not by each child on its way.
        for execute, connect in ((False, False), (True, False), (False, True)):
            seccomp.build_filter(seccomp.choose_rules(plan, execute, connect))
    return plan


def _try(plan: Plan) -> LayerError | None:
    group: PlacedGroup | None = None
    try:
        if plan.has("cgroup"):
            group = PlacedGroup(f"{os.getpid()}-trial", DEFAULT_LIMITS)
        _try_child(plan, group)
    except LayerError as error:
        return error
    except OSError as error:
        return LayerError("cgroup", str(error))
    finally:
        _reap_all()
        if group is not None:
            group.remove()
    return None


def _try_child(plan: Plan, group: PlacedGroup | None) -> None:
    read, write = os.pipe()
    is_brokered = plan.has("egress") and not plan.has("namespaces")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def live(keeper: Keeper) -> NoReturn:
        keeper.close()
        told: dict[str, str] = {}
        try:
            if plan.has("namespaces"):
                # Its keeper will do it later on, with the same rights.
                apply(plan, "egress", network.raise_loopback)
            enclose(plan, DEFAULT_LIMITS)
            heard = confine(plan, Places(outlets=(SOMEWHERE,) if is_brokered else ()))
            if heard is not None:
                apply(plan, "egress", lambda: _connect(theirs, heard))
        except LayerError as error:
            told = {"layer": error.name, "reason": error.reason}
        except BaseException as error:  # noqa: BLE001 - a trial must end here, whatever it meets
            told = {"layer": "seccomp", "reason": f"{type(error).__name__}: {error}"}
        os.write(write, json.dumps(told).encode())
        os._exit(0)

    try:
        bear(plan, group, live)
        theirs.close()
        refusal = _answer_call(ours) if is_brokered else None
    finally:
        ours.close()
        theirs.close()
        os.close(write)
        with open(read, "rb") as pipe:
            answer = pipe.read()
    told = json.loads(answer or b'{"layer": "seccomp", "reason": "the child ended without a word"}')
    if told:
        raise LayerError(told["layer"], told["reason"])
    if refusal is not None:
        raise LayerError("egress", refusal)


def _connect(line: socket.socket, heard: int) -> None:
    """Connect as an app does, by the hand of who gets the descriptor at which it is heard."""
    socket.send_fds(line, [b"."], [heard])
    # Nobody else has it then: what is not answered fails, and never waits.
    os.close(heard)
    with socket.socket() as sock:
        sock.connect((SOMEWHERE.address, SOMEWHERE.port))
        sock.getpeername()


def _answer_call(line: socket.socket) -> str | None:
    """Connect the child as the agent does later, with the same rights; return why it cannot be done."""
    _, fds, _, _ = socket.recv_fds(line, 1, 1, socket.MSG_CMSG_CLOEXEC)
    if not fds:
        return None  # it did not come this far, and has said why
    try:
        call = calls.receive_call(fds[0]) if calls.has_call(fds[0], CALL_S) else None
        if call is None or call.place != (SOMEWHERE.address, SOMEWHERE.port):
            return f"a call to connect was read as {call}"
        with calls.make_pair()[0] as sock:
            calls.give(fds[0], call, sock)
    except OSError as error:
        return f"a call to connect cannot be answered: {error}"
    finally:
        # Whoever still waits is let go.
        os.close(fds[0])
    return None


def _reap_all() -> None:
    # The keeper of its namespaces ends after the child, and only then is the group empty.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
