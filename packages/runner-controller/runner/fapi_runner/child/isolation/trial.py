"""Finds out by trying, in children that do nothing else, which layers hold on this machine."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import NoReturn

from fapi_runner.child.isolation import landlock, network, seccomp
from fapi_runner.child.isolation.birth import bear
from fapi_runner.child.isolation.cgroup import Group
from fapi_runner.child.isolation.confine import Places, apply, confine, enclose
from fapi_runner.child.isolation.keeper import Keeper
from fapi_runner.child.isolation.levels import LayerError, Plan
from fapi_runner.child.isolation.limits import DEFAULT_LIMITS


def find_plan(state: Path, limit: int) -> Plan:
    """Return the plan with every layer that a child could really have."""
    plan = Plan(state, limit)
    while failed := _try(plan):
        plan.give_up(failed.name, failed.reason)
    if plan.has("landlock") and (gap := landlock.find_gap()):
        plan.reasons["landlock"] = gap
    if plan.has("seccomp"):
        # Built once, here, and not by each child on its way.
        for execute, connect in ((False, False), (True, False), (False, True)):
            seccomp.build_filter(seccomp.choose_rules(plan, execute, connect))
    return plan


def _try(plan: Plan) -> LayerError | None:
    group: Group | None = None
    try:
        if plan.has("cgroup"):
            group = Group(f"{os.getpid()}-trial", DEFAULT_LIMITS)
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


def _try_child(plan: Plan, group: Group | None) -> None:
    read, write = os.pipe()

    def live(keeper: Keeper) -> NoReturn:
        keeper.close()
        told: dict[str, str] = {}
        try:
            # Its keeper will do it later on, with the same rights.
            apply(plan, "egress", network.raise_loopback)
            enclose(plan, DEFAULT_LIMITS)
            confine(plan, Places())
        except LayerError as error:
            told = {"layer": error.name, "reason": error.reason}
        except BaseException as error:  # noqa: BLE001 - a trial must end here, whatever it meets
            told = {"layer": "seccomp", "reason": f"{type(error).__name__}: {error}"}
        os.write(write, json.dumps(told).encode())
        os._exit(0)

    try:
        bear(plan, group, live)
    finally:
        os.close(write)
        with open(read, "rb") as pipe:
            answer = pipe.read()
    told = json.loads(answer or b'{"layer": "seccomp", "reason": "the child ended without a word"}')
    if told:
        raise LayerError(told["layer"], told["reason"])


def _reap_all() -> None:
    # The keeper of its namespaces ends after the child, and only then is the group empty.
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
