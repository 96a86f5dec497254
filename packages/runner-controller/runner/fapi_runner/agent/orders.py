"""Reads what a controller orders: which release, and how its app is to be kept."""

from __future__ import annotations

from fapi_runner.agent.call import Call
from fapi_runner.agent.disk.state import Policy, Release
from fapi_runner.agent.params import Params


def read_release(call: Call, generation: int, exclusive: bool) -> Release:
    """Return the release that a call names; what it may connect to is checked first."""
    params = call.params
    egress = params.grants("egress")
    call.agent.grounds.boundary.check(egress)
    return Release(
        generation=generation,
        digest=params.name("digest"),
        env_version=params.integer("envVersion"),
        deadline_ms=params.number("deadlineMs"),
        environment=params.texts("environment"),
        secrets=params.find_list("secrets"),
        exclusive=exclusive,
        egress=egress,
        limits=params.limits("limits"),
    )


def read_policy(params: Params, otherwise: Policy) -> Policy:
    """Return the policy that a call names, with what it leaves out as it was."""
    freeze_s, stop_s, park_s = (params.find_seconds(name) for name in ("idleFreezeS", "idleStopS", "parkS"))
    return Policy(
        idle_freeze_s=freeze_s if freeze_s is not None else otherwise.idle_freeze_s,
        idle_stop_s=stop_s if stop_s is not None else otherwise.idle_stop_s,
        park_s=park_s if park_s is not None else otherwise.park_s,
    )
