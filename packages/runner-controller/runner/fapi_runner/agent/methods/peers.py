"""Who the peers are, what they are told unasked, and the agent's end."""

from __future__ import annotations

import asyncio
from typing import cast

from fapi_runner.agent.call import Call
from fapi_runner.agent.connection import Role
from fapi_runner.agent.failures import CommandError
from fapi_runner.agent.routes import GatewayWatch
from fapi_runner.protocol import PROTOCOL, Json


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
        peer.call_on_close(end)

    def end() -> None:
        grounds.app_watchers.discard(send_app)
        grounds.logs.watchers.discard(send_log)

    # After the response, which is written when this coroutine has returned.
    asyncio.get_running_loop().call_soon(begin)
    return {}


async def watch_routes(call: Call) -> Json:
    peer, routes = call.peer, call.agent.grounds.routes
    if peer.route_watch is None:
        gateway = peer.route_watch = GatewayWatch(lambda table: peer.send_event("routes", table))

        def begin() -> None:
            routes.add(gateway)
            # It may have left already: then it would be waited for at every switch.
            peer.call_on_close(lambda: routes.remove(gateway))

        asyncio.get_running_loop().call_soon(begin)
    return {}


async def routes_applied(call: Call) -> Json:
    version = call.params.integer("version")
    if call.peer.route_watch is None:
        raise CommandError("bad_request", "routesApplied comes after watchRoutes.")
    call.agent.grounds.routes.note_applied(call.peer.route_watch, version)
    return {}


async def identify(call: Call) -> Json:
    params = call.params
    app_id, cert, key = params.name("appId"), params.text("cert"), params.text("key")
    call.agent.grounds.identify(app_id, cert, key, params.number("lastsMs") / 1000)
    return {}


async def cancel(call: Call) -> Json:
    call.peer.cancel(call.params.integer("request"))
    return {}


async def shutdown(call: Call) -> Json:
    asyncio.get_running_loop().call_later(0.02, call.agent.end)
    return {}
