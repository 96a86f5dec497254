"""How an app is kept once it serves: asleep or awake, stopped, removed."""

from __future__ import annotations

import time

from fapi_runner.agent.call import Call, measure_ms
from fapi_runner.agent.disk.state import Policy
from fapi_runner.agent.orders import read_policy
from fapi_runner.protocol import Json


async def freeze(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).freeze(call.params.integer("generation"))
    return {}


async def sleep(call: Call) -> Json:
    await call.agent.apps.get(call.params.name("appId")).sleep(call.params.integer("generation"))
    return {}


async def wake(call: Call) -> Json:
    started = time.perf_counter()
    await call.agent.apps.get(call.params.name("appId")).wake(call.params.integer("generation"))
    return {"durationMs": measure_ms(started)}


async def policy(call: Call) -> Json:
    call.agent.apps.get(call.params.name("appId")).set_policy(read_policy(call.params, Policy()))
    return {}


async def grants(call: Call) -> Json:
    app, generation = call.agent.apps.get(call.params.name("appId")), call.params.integer("generation")
    app.fence.advance(generation)
    app.set_granted(call.params.grants("egress"))
    return {}


async def stop(call: Call) -> Json:
    app_id, is_hidden = call.params.name("appId"), call.params.flag("isHidden")
    generation = call.params.integer("generation")
    # One that was never deployed has tests all the same; a word that comes too late ends none.
    for app in call.agent.apps.choose(None):
        if app.record.app_id == app_id:
            app.fence.advance(generation)
    if is_hidden:  # it was deleted, and may come back
        call.agent.grounds.test_turns.end(app_id)
    await call.agent.apps.get(app_id).stop(generation, is_hidden=is_hidden)
    return {}


async def remove(call: Call) -> Json:
    await call.agent.apps.remove(call.params.name("appId"), call.params.integer("generation"))
    call.agent.grounds.test_turns.end(call.params.name("appId"))
    return {}
