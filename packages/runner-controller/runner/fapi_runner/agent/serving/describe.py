"""An app in the words of PROTOCOL.md."""

from __future__ import annotations

from typing import Literal, Protocol

from fapi_runner.agent.disk.state import AppRecord, Release
from fapi_runner.agent.listening.listener import Listener
from fapi_runner.agent.serving.candidate import CandidateSlot
from fapi_runner.agent.serving.care import Care
from fapi_runner.agent.serving.seat import Seat
from fapi_runner.agent.serving.slumber import Slumber
from fapi_runner.protocol import Json
from fapi_runner.report import Report
from fapi_runner.validate.failures import to_finding

AppPhase = Literal["idle", "running", "asleep", "crashed", "stopped"]
RoutePhase = Literal["idle", "running", "frozen", "gone", "waking", "crashed", "stopped"]


class Described(Protocol):
    """The rooms of an app that say something about it."""

    record: AppRecord
    listener: Listener
    seat: Seat
    care: Care
    candidate: CandidateSlot
    slumber: Slumber


def find_phase(app: Described) -> AppPhase:
    """Return what the app is doing."""
    if app.slumber.depth is not None:
        return "asleep"
    if app.seat.active is not None or app.seat.incoming is not None:
        return "running"
    if app.record.wanted == "stopped":
        return "stopped"
    return "crashed" if app.care.is_crashed else "idle"


def describe_app(app: Described) -> Json:
    """Return the AppState."""
    active, candidate, parked = app.seat.active, app.candidate.release, app.seat.parking.find_parked()
    failure, stall, trouble, rolled = app.care.failure, app.care.stall, app.care.trouble, app.record.rolled_back
    state: Json = {
        "appId": app.record.app_id,
        "host": app.record.host,
        "generation": app.record.generation,
        "phase": find_phase(app),
        "restarts": app.care.revival.restarts,
    }
    if active is not None:
        state["active"] = _describe_release(active.release) | {"pid": active.process.pid, "since": active.since}
    if candidate is not None:
        state["candidate"] = _describe_release(candidate)
    if parked is not None:
        state["parked"] = _describe_release(parked)
    if failure is not None:
        state["failure"] = {"generation": failure.generation, **_show(failure.report)}
    if trouble is not None:
        state["trouble"] = {"generation": trouble.generation, "at": trouble.at, **_show(trouble.report)}
    if rolled is not None:
        state["rolledBack"] = {"from": rolled.from_generation, "to": rolled.to_generation, **_show(rolled.report)}
    if app.slumber.depth is not None:
        state["asleep"] = app.slumber.depth
    if app.slumber.depth == "gone" and app.record.active is not None:
        state["sleeping"] = _describe_release(app.record.active)
    if stall is not None:
        state["stalled"] = {"generation": stall.generation, **_show(stall.report)}
    if app.care.revival.is_looping:
        state["crashLoop"] = True
    return state


def describe_route(app: Described) -> Json:
    """Return the app's row of the gateways' table."""
    serving = app.seat.active.release if app.seat.active else app.record.active
    release = app.seat.incoming or serving
    return {
        "host": app.record.host,
        "appId": app.record.app_id,
        "socket": app.listener.address,
        "generation": release.generation if release else 0,
        "phase": _find_route_phase(app),
    }


def _find_route_phase(app: Described) -> RoutePhase:
    if app.seat.incoming is not None or app.slumber.is_waking:
        return "waking"
    phase = find_phase(app)
    if phase == "asleep":
        return app.slumber.depth or "gone"
    # Whoever asks for an app that nothing is made for waits for nobody.
    is_awaited = app.record.active is not None or app.candidate.release is not None or app.seat.is_starting
    return "waking" if phase == "idle" and is_awaited else phase


def _show(report: Report) -> Json:
    return {"report": report, "finding": to_finding(report)}


def _describe_release(release: Release) -> Json:
    return {"generation": release.generation, "digest": release.digest, "envVersion": release.env_version}
