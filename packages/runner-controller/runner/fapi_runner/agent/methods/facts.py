"""What the agent knows, for whoever asks; nothing changes by asking."""

from __future__ import annotations

from fapi_runner.agent.call import Call
from fapi_runner.agent.children.gauges import read_gauges
from fapi_runner.agent.serving.describe import describe_app
from fapi_runner.metrics.reader import Request
from fapi_runner.protocol import Json, format_time

REQUESTS_LIMIT = 100  # when nobody says how many


async def has(call: Call) -> Json:
    return {"have": call.agent.grounds.revisions.has(call.params.name("digest"))}


async def apps(call: Call) -> Json:
    return {"appIds": [app.record.app_id for app in call.agent.apps.choose(None)]}


async def status(call: Call) -> Json:
    return {"apps": [describe_app(app) for app in call.agent.apps.choose(call.params.find_name("appId"))]}


async def metrics(call: Call) -> Json:
    app_id = call.params.find_name("appId")
    found: list[Json] = []
    for app in call.agent.apps.choose(app_id):
        totals: Json = app.totals.read()
        if "lastRequestAt" in totals:
            totals["lastRequestAt"] = format_time(totals["lastRequestAt"] / 1000)
        if app.seat.active is not None:
            totals["serving"] = app.totals.read_serving(app.seat.active.release.generation)
        if app.seat.active is not None and (gauges := read_gauges(app.seat.active.process.pid)):
            totals["process"] = gauges
        if app_id is not None:  # of all apps at once they would not fit into one answer
            totals |= {"routes": app.totals.read_routes(), "revisions": app.totals.read_revisions()}
        found.append({"appId": app.record.app_id, "epoch": call.agent.agent_id, **totals})
    return {"apps": found}


async def usage(call: Call) -> Json:
    app = call.agent.apps.get(call.params.name("appId"))
    active = app.seat.active
    memory = await call.agent.scales.weigh_memory(active.process.pid) if active is not None else None
    folder = await call.agent.scales.weigh_folder(app.tenant)
    return {"folderBytes": folder} | ({} if memory is None else {"memoryBytes": memory})


async def requests(call: Call) -> Json:
    limit = call.params.find_integer("limit", 1)
    app = call.agent.apps.get(call.params.name("appId"))
    return {"requests": [_describe_request(each) for each in app.totals.read_requests(limit or REQUESTS_LIMIT)]}


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
