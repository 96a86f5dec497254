"""From a bundle to a revision that serves, and back."""

from __future__ import annotations

import asyncio
import time

from fapi_runner.agent.call import Call, measure_ms
from fapi_runner.agent.converting import ConvertOrder, convert_revision
from fapi_runner.agent.orders import read_policy, read_release
from fapi_runner.agent.testing import TestOrder, test_revision
from fapi_runner.protocol import Json


async def put(call: Call) -> Json:
    digest, sha256 = call.params.name("digest"), call.params.text("sha256")
    await asyncio.to_thread(call.agent.grounds.revisions.put, digest, sha256, call.body)
    call.agent.collector.collect_later()
    return {}


async def validate(call: Call) -> Json:
    started = time.perf_counter()
    digest = call.params.name("digest")
    with call.agent.grounds.revisions.hold(digest) as code:
        findings = await call.agent.grounds.checks.check(digest, code, is_urgent=call.params.flag("urgent"))
    return {"findings": findings, "durationMs": measure_ms(started)}


async def test(call: Call) -> Json:
    params = call.params
    call.peer.tie()
    order = TestOrder(
        digest=params.name("digest"),
        deadline_ms=params.number("deadlineMs"),
        select=params.find_paths("select"),
        environment=params.find_texts("environment"),
        secrets=params.find_list("secrets"),
        app_id=params.find_name("appId"),
    )
    return await test_revision(call.agent.grounds, order)


async def convert(call: Call) -> Json:
    params = call.params
    call.peer.tie()
    order = ConvertOrder(
        digest=params.name("digest"),
        deadline_ms=params.number("deadlineMs"),
        environment=params.find_texts("environment"),
        secrets=params.find_list("secrets"),
        app_id=params.find_name("appId"),
    )
    return await convert_revision(call.agent.grounds, order)


async def draft(call: Call) -> Json:
    params = call.params
    release = read_release(call, generation=0, exclusive=False)
    app_id, host = params.name("appId"), params.text("host")
    session, sequence = params.text("session"), params.integer("sequence")
    call.agent.grounds.revisions.get_code(release.digest)
    # The app may be unknown yet: it has no generation before its first deploy.
    return await call.agent.apps.open(app_id, host, 0).draft(session, sequence, release)


async def prepare(call: Call) -> Json:
    started = time.perf_counter()
    params = call.params
    generation, exclusive = params.integer("generation"), params.flag("exclusive")
    release = read_release(call, generation, exclusive)
    app_id, host = params.name("appId"), params.text("host")
    call.agent.grounds.revisions.get_code(release.digest)
    call.agent.grounds.admission.take(app_id)
    app = call.agent.apps.open(app_id, host, generation)
    app.set_policy(read_policy(params, app.record.policy))
    # Before it is made, and also if it never is: what is granted no more is withdrawn.
    app.fence.advance(generation)
    app.set_granted(release.egress)
    runner = await app.switch.prepare(release, host)
    return {
        "routes": runner.prepared["routes"],
        "durationMs": measure_ms(started),
        "adopted": runner.view is not None,
    }


async def activate(call: Call) -> Json:
    started = time.perf_counter()
    app = call.agent.apps.get(call.params.name("appId"))
    params = call.params
    await app.switch.activate(params.integer("generation"), params.name("digest"), params.flag("exclusive"))
    return {"durationMs": measure_ms(started)}


async def rollback(call: Call) -> Json:
    started = time.perf_counter()
    app = call.agent.apps.get(call.params.name("appId"))
    runner = await app.switch.rollback(call.params.integer("generation"), call.params.find_integer("toGeneration"))
    release = runner.release
    return {"generation": release.generation, "digest": release.digest, "durationMs": measure_ms(started)}
