"""The methods of PROTOCOL.md: who may ask for which, and who answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from fapi_runner.agent.call import Agent, Call
from fapi_runner.agent.connection import Connection
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.methods import apps, facts, language, peers, releases
from fapi_runner.agent.params import Params
from fapi_runner.protocol import Json


class Method(NamedTuple):
    """What answers, and whether it changes anything: then only a controller that was not overtaken may ask."""

    run: Callable[[Call], Awaitable[Json]]
    acts: bool


METHODS: dict[str, Method] = {
    "hello": Method(peers.hello, acts=False),
    "has": Method(facts.has, acts=False),
    "put": Method(releases.put, acts=True),
    "validate": Method(releases.validate, acts=False),
    "test": Method(releases.test, acts=True),
    "convert": Method(releases.convert, acts=True),
    "language": Method(language.language, acts=True),
    "cancel": Method(peers.cancel, acts=False),
    "identify": Method(peers.identify, acts=True),
    "prepare": Method(releases.prepare, acts=True),
    "activate": Method(releases.activate, acts=True),
    "draft": Method(releases.draft, acts=True),
    "rollback": Method(releases.rollback, acts=True),
    "freeze": Method(apps.freeze, acts=True),
    "sleep": Method(apps.sleep, acts=True),
    "wake": Method(apps.wake, acts=True),
    "policy": Method(apps.policy, acts=True),
    "grants": Method(apps.grants, acts=True),
    "stop": Method(apps.stop, acts=True),
    "remove": Method(apps.remove, acts=True),
    "apps": Method(facts.apps, acts=False),
    "status": Method(facts.status, acts=False),
    "metrics": Method(facts.metrics, acts=False),
    "usage": Method(facts.usage, acts=False),
    "requests": Method(facts.requests, acts=False),
    "watch": Method(peers.watch, acts=False),
    "watchRoutes": Method(peers.watch_routes, acts=False),
    "routesApplied": Method(peers.routes_applied, acts=False),
    "shutdown": Method(peers.shutdown, acts=True),
}


async def answer(agent: Agent, peer: Connection, name: str, params: object, body: bytes) -> Json:
    """Check who asks and do what is asked."""
    method = METHODS.get(name)
    if method is None:
        raise CommandError("bad_request", f"There is no method {name!r}.")
    if peer.role is None and name != "hello":
        raise CommandError("bad_request", "The first request must be hello.")
    if method.acts:
        if peer.role != "controller":
            raise CommandError("bad_request", f"Only a controller may ask for {name!r}.")
        if peer.epoch < agent.grounds.state.epoch:
            message = f"epoch {peer.epoch} was overtaken by {agent.grounds.state.epoch}."
            raise CommandError("stale_epoch", message)
    given = Params(params)
    agent.grounds.admission.check(name, given.find_name("appId"))
    return await method.run(Call(agent, peer, given, body))
