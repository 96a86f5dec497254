"""What takes more than one question: a rename that is the app's own, and the actions of both servers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from fapi_runner.agent.language.codes import INVALID_PARAMS, REFUSED
from fapi_runner.agent.language.language_server import LanguageServer
from fapi_runner.agent.language.routing import ACTIONS
from fapi_runner.agent.language.server import GoneError, Reply, RpcError
from fapi_runner.protocol import Json


async def rename_own(preparing: Coroutine[Any, Any, Reply], renaming: Coroutine[Any, Any, Reply]) -> Reply:
    prepared, renamed = await asyncio.gather(preparing, renaming)
    # What belongs to a library it would rename in the app alone.
    if prepared.result is None:
        raise RpcError({"code": REFUSED, "message": "This cannot be renamed: it is not the app's own."})
    return renamed


async def list_findings(server: LanguageServer, params: Json) -> list[Json]:
    """Return one server's own findings where actions are asked for: no editor was told of them."""
    try:
        told = (await server.begin("textDocument/diagnostic", {"textDocument": params["textDocument"]})).result
        return [each for each in told["items"] if _meet(each["range"], params["range"])]
    except (GoneError, RpcError):
        return []
    except (KeyError, TypeError) as error:
        raise RpcError({"code": INVALID_PARAMS, "message": "Actions are asked for a range of a document."}) from error


async def list_actions(server: LanguageServer, params: Json, findings: list[Json]) -> list[Json]:
    """Return one server's actions, none where it is away; each knows whose it is."""
    context = params.get("context")
    told = {**params, "context": {**(context if isinstance(context, dict) else {}), "diagnostics": findings}}
    try:
        actions = (await server.begin(ACTIONS, told)).result
    except (GoneError, RpcError):
        return []
    if not isinstance(actions, list):
        return []
    return [{**action, "data": {"by": server.program.name, "data": action.get("data")}} for action in actions]


def _meet(one: Json, other: Json) -> bool:
    def order(place: Json) -> tuple[int, int]:
        return place["line"], place["character"]

    return order(one["start"]) <= order(other["end"]) and order(other["start"]) <= order(one["end"])
