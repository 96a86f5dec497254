"""The methods of PROTOCOL.md, one function each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, cast

from fapi_runner.agent.children.gauges import read_gauges
from fapi_runner.agent.connection import Connection, Role
from fapi_runner.agent.disk.state import Policy, Release
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.params import Params
from fapi_runner.agent.routes import GatewayWatch
from fapi_runner.agent.serving.describe import describe_app
from fapi_runner.agent.testing import TestOrder, test_revision
from fapi_runner.metrics.reader import Request
from fapi_runner.protocol import PROTOCOL, Json, format_time

if TYPE_CHECKING:
    from fapi_runner.agent.main import Agent


REQUESTS_LIMIT = 100  # when nobody says how many


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
    call.agent.collector.collect_later()
    return {}


async def validate(call: Call) -> Json:
    started = time.perf_counter()
    digest = call.params.name("digest")
    with call.agent.grounds.revisions.hold(digest) as code:
        findings = await call.agent.grounds.checks.check(digest, code)
    return {"findings": findings, "durationMs": _since(started)}


async def test(call: Call) -> Json:
    params = call.params
    order = TestOrder(
        digest=params.name("digest"),
        deadline_ms=params.number("deadlineMs"),
        select=params.find_paths("select"),
        environment=params.find_texts("environment"),
        secrets=params.find_list("secrets"),
    )
    return await test_revision(call.agent.grounds, order)


async def prepare(call: Call) -> Json:
    started = time.perf_counter()
    params = call.params
    generation, exclusive = params.integer("generation"), params.flag("exclusive")
    release = _read_release(call, generation, exclusive)
    app_id, host = params.name("appId"), params.text("host")
    call.agent.grounds.revisions.get_code(release.digest)
    app = call.agent.apps.open(app_id, host, generation)
    app.set_policy(_read_policy(params, app.record.policy))
    runner = await app.prepare(release, host)
    return {
        "routes": runner.prepared["routes"],
        "durationMs": _since(started),
        "adopted": runner.view is not None,
    }


async def draft(call: Call) -> Json:
    params = call.params
    release = _read_release(call, generation=0, exclusive=False)
    app_id, host = params.name("appId"), params.text("host")
    session, sequence = params.text("session"), params.integer("sequence")
    call.agent.grounds.revisions.get_code(release.digest)
    # The app may be unknown yet: it has no generation before its first deploy.
    return await call.agent.apps.open(app_id, host, 0).draft(session, sequence, release)


async def activate(call: Call) -> Json:
    started = time.perf_counter()
    app = call.agent.apps.get(call.params.name("appId"))
    params = call.params
    await app.activate(params.integer("generation"), params.name("digest"), params.flag("exclusive"))
    return {"durationMs": _since(started)}


async def rollback(call: Call) -> Json:
    started = time.perf_counter()
    app = call.agent.apps.get(call.params.name("appId"))
    runner = await app.rollback(call.params.integer("generation"), call.params.find_integer("toGeneration"))
    release = runner.release
    return {"generation": release.generation, "digest": release.digest, "durationMs": _since(started)}


async def freeze(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).freeze(call.params.integer("generation"))
    return {}


async def sleep(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).sleep(call.params.integer("generation"))
    return {}


async def wake(call: Call) -> Json:
    started = time.perf_counter()
    await call.agent.apps.get(call.params.name("appId")).wake(call.params.integer("generation"))
    return {"durationMs": _since(started)}


async def policy(call: Call) -> Json:
    call.agent.apps.get(call.params.name("appId")).set_policy(_read_policy(call.params, Policy()))
    return {}


async def stop(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).stop(call.params.integer("generation"))
    return {}


async def remove(call: Call) -> Json:
    await call.agent.apps.remove(call.params.name("appId"), call.params.integer("generation"))
    return {}


async def status(call: Call) -> Json:
    return {"apps": [describe_app(app) for app in call.agent.apps.choose(call.params.find_name("appId"))]}


async def metrics(call: Call) -> Json:
    app_id = call.params.find_name("appId")
    apps: list[Json] = []
    for app in call.agent.apps.choose(app_id):
        totals: Json = app.totals.read()
        if "lastRequestAt" in totals:
            totals["lastRequestAt"] = format_time(totals["lastRequestAt"] / 1000)
        if app.seat.active is not None and (gauges := read_gauges(app.seat.active.process.pid)):
            totals["process"] = gauges
        if app_id is not None:  # of all apps at once they would not fit into one answer
            totals |= {"routes": app.totals.read_routes(), "revisions": app.totals.read_revisions()}
        apps.append({"appId": app.record.app_id, "epoch": call.agent.agent_id, **totals})
    return {"apps": apps}


async def requests(call: Call) -> Json:
    limit = call.params.find_integer("limit", 1)
    app = call.agent.apps.get(call.params.name("appId"))
    return {"requests": [_describe_request(each) for each in app.totals.read_requests(limit or REQUESTS_LIMIT)]}


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


def _describe_request(request: Request) -> Json:
    answered = request.answered
    asked = {"route": answered.route} if answered.route is not None else {"path": answered.path}
    return {
        "at": format_time(answered.at_ms / 1000),
        "generation": request.generation,
        "method": answered.method,
        **asked,
        "status": answered.status,
        "durationMs": answered.micros / 1000,
    }


def _read_release(call: Call, generation: int, exclusive: bool) -> Release:
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
    )


def _read_policy(params: Params, otherwise: Policy) -> Policy:
    freeze_s, stop_s, park_s = (params.find_seconds(name) for name in ("idleFreezeS", "idleStopS", "parkS"))
    return Policy(
        idle_freeze_s=freeze_s if freeze_s is not None else otherwise.idle_freeze_s,
        idle_stop_s=stop_s if stop_s is not None else otherwise.idle_stop_s,
        park_s=park_s if park_s is not None else otherwise.park_s,
    )


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


METHODS: dict[str, Method] = {
    "hello": Method(hello, acts=False),
    "has": Method(has, acts=False),
    "put": Method(put, acts=True),
    "validate": Method(validate, acts=False),
    "test": Method(test, acts=True),
    "prepare": Method(prepare, acts=True),
    "activate": Method(activate, acts=True),
    "draft": Method(draft, acts=True),
    "rollback": Method(rollback, acts=True),
    "freeze": Method(freeze, acts=True),
    "sleep": Method(sleep, acts=True),
    "wake": Method(wake, acts=True),
    "policy": Method(policy, acts=True),
    "stop": Method(stop, acts=True),
    "remove": Method(remove, acts=True),
    "status": Method(status, acts=False),
    "metrics": Method(metrics, acts=False),
    "requests": Method(requests, acts=False),
    "watch": Method(watch, acts=False),
    "watchRoutes": Method(watch_routes, acts=False),
    "routesApplied": Method(routes_applied, acts=False),
    "shutdown": Method(shutdown, acts=True),
}
