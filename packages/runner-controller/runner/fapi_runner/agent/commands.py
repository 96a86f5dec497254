"""The methods of PROTOCOL.md, one function each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from fapi_runner.agent.checks import check_revision
from fapi_runner.agent.connection import Connection, Role
from fapi_runner.agent.disk.state import Release
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.params import Params
from fapi_runner.agent.routes import GatewayWatch
from fapi_runner.protocol import PROTOCOL, Json

if TYPE_CHECKING:
    from fapi_runner.agent.main import Agent


class Call(NamedTuple):
    """One request with all it may need."""

    agent: Agent
    peer: Connection
    params: Params
    body: bytes


class Method(NamedTuple):
    run: Callable[[Call], Awaitable[Json]]
    acts: bool


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
    return await method.run(Call(agent, peer, Params(params), body))


async def hello(call: Call) -> Json:
    protocol = call.params.integer("protocol")
    if protocol != PROTOCOL:
        raise CommandError("unsupported_protocol", f"protocol {protocol} is not spoken here, only {PROTOCOL}.")
    role = call.params.text("role")
    if role not in ("controller", "gateway"):
        raise CommandError("bad_request", "role must be 'controller' or 'gateway'.")
    if role == "controller":
        call.agent.admit(call.peer, call.params.find_integer("epoch") or 0)
    call.peer.role = cast(Role, role)
    return call.agent.introduce()


async def has(call: Call) -> Json:
    return {"have": call.agent.grounds.revisions.has(call.params.name("digest"))}


async def put(call: Call) -> Json:
    digest, sha256 = call.params.name("digest"), call.params.text("sha256")
    await asyncio.to_thread(call.agent.grounds.revisions.put, digest, sha256, call.body)
    return {}


async def validate(call: Call) -> Json:
    started = time.perf_counter()
    findings = await check_revision(call.agent.grounds, call.params.name("digest"))
    return {"findings": findings, "durationMs": _since(started)}


async def prepare(call: Call) -> Json:
    started = time.perf_counter()
    params = call.params
    release = Release(
        generation=params.integer("generation"),
        digest=params.name("digest"),
        env_version=params.integer("envVersion"),
        deadline_ms=params.number("deadlineMs"),
        environment=params.texts("environment"),
    )
    if params.grants("egress"):
        # The seam of the broker that will connect for the child; until it is there, nobody is told they may.
        raise CommandError("bad_request", "egress cannot be granted yet: this agent's children connect to nothing.")
    app_id, host = params.name("appId"), params.text("host")
    call.agent.grounds.revisions.get_code(release.digest)
    app = call.agent.apps.open(app_id, host, release.generation)
    return {"routes": await app.prepare(release, host), "durationMs": _since(started)}


async def activate(call: Call) -> Json:
    started = time.perf_counter()
    app = call.agent.apps.get(call.params.name("appId"))
    await app.activate(call.params.integer("generation"), call.params.name("digest"))
    return {"durationMs": _since(started)}


async def stop(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).stop(call.params.integer("generation"))
    return {}


async def remove(call: Call) -> Json:
    await call.agent.apps.remove(call.params.name("appId"), call.params.integer("generation"))
    return {}


async def status(call: Call) -> Json:
    return {"apps": [app.describe() for app in call.agent.apps.choose(call.params.find_name("appId"))]}


async def metrics(call: Call) -> Json:
    apps: list[Json] = []
    for app in call.agent.apps.choose(call.params.find_name("appId")):
        totals: Json = app.read_totals()
        if "lastRequestAt" in totals:
            at = datetime.fromtimestamp(totals["lastRequestAt"] / 1000, UTC)
            totals["lastRequestAt"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        apps.append({"appId": app.record.app_id, "epoch": call.agent.agent_id, **totals})
    return {"apps": apps}


async def watch(call: Call) -> Json:
    peer, grounds = call.peer, call.agent.grounds
    after = call.params.find_integer("logsAfter")

    def send_app(state: Json) -> None:
        peer.send_event("app", state)

    def send_log(event: Json) -> None:
        peer.send_event("log", event)

    def begin() -> None:
        for event in grounds.logs.list_after(after) if after is not None else []:
            send_log(event)
        grounds.app_watchers.add(send_app)
        grounds.logs.watchers.add(send_log)

    # After the response, which is written when this coroutine has returned.
    asyncio.get_running_loop().call_soon(begin)
    peer.on_close += [lambda: grounds.app_watchers.discard(send_app), lambda: grounds.logs.watchers.discard(send_log)]
    return {}


async def watch_routes(call: Call) -> Json:
    peer, routes = call.peer, call.agent.grounds.routes
    if peer.route_watch is None:
        gateway = peer.route_watch = GatewayWatch(lambda table: peer.send_event("routes", table))
        asyncio.get_running_loop().call_soon(routes.add, gateway)
        peer.on_close.append(lambda: routes.remove(gateway))
    return {}


async def routes_applied(call: Call) -> Json:
    version = call.params.integer("version")
    if call.peer.route_watch is None:
        raise CommandError("bad_request", "routesApplied comes after watchRoutes.")
    call.agent.grounds.routes.note_applied(call.peer.route_watch, version)
    return {}


async def shutdown(call: Call) -> Json:
    asyncio.get_running_loop().call_later(0.02, call.agent.end)
    return {}


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


METHODS: dict[str, Method] = {
    "hello": Method(hello, acts=False),
    "has": Method(has, acts=False),
    "put": Method(put, acts=True),
    "validate": Method(validate, acts=False),
    "prepare": Method(prepare, acts=True),
    "activate": Method(activate, acts=True),
    "stop": Method(stop, acts=True),
    "remove": Method(remove, acts=True),
    "status": Method(status, acts=False),
    "metrics": Method(metrics, acts=False),
    "watch": Method(watch, acts=False),
    "watchRoutes": Method(watch_routes, acts=False),
    "routesApplied": Method(routes_applied, acts=False),
    "shutdown": Method(shutdown, acts=True),
}
