"""The endpoint from which the pages of a FastAPI portal get their fapi tokens. Needs FastAPI and httpx."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

logger = logging.getLogger("portal.tokens")
_TIMEOUT_S = 10.0
_BUSY = (408, 429)


class Grant(BaseModel):
    """Who the visitor is, in the portal's words, and what the token may do: the body of ``POST /v1/embed-tokens``."""

    # A misspelt limit would be none: the token would open all that the key does.
    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=200)
    role: str | None = None
    scopes: list[str] | None = None
    apps: list[str] | None = None
    labels: list[str] | None = None
    origins: list[str] | None = None
    ttlSeconds: int = Field(default=600, ge=1, le=3600)


Identify = Callable[[Request], Grant | Awaitable[Grant | None] | None]


def token_router(
    *,
    fapi_url: str,
    api_key: str,
    identify: Identify,
    path: str = "/portal/embed-token",
    workspace_id: str | None = None,
    origins: list[str] | None = None,
    client: httpx.AsyncClient | None = None,
) -> APIRouter:
    """Make the router with the endpoint that ``tokenUrl`` of a page names; it answers ``{token, expiresInSeconds}``.

    ``identify`` answers None when nobody is signed in. ``origins`` are those of the portal's pages, for a proxy that
    changes ``Host``; else a page is the portal's own when it comes from the same host. 403 for a foreign page,
    401 when nobody is signed in, 502 or 503 when fapi gave no token. The key stays on the server.
    """
    router = APIRouter()
    http = client or httpx.AsyncClient(timeout=_TIMEOUT_S)
    headers = {"authorization": f"Bearer {api_key}", **({"fapi-workspace": workspace_id} if workspace_id else {})}

    @router.post(path, include_in_schema=False)
    async def mint(request: Request) -> JSONResponse:
        # A token that a foreign page could ask for with the visitor's cookies would be the foreign page's.
        if not is_own_page(request, origins):
            return _say(403, "origin_not_allowed")
        found = identify(request)
        grant = await found if inspect.isawaitable(found) else found
        if grant is None:
            return _say(401, "unauthorized")
        try:
            answer = await http.post(
                f"{fapi_url.rstrip('/')}/v1/embed-tokens", headers=headers, json=grant.model_dump(exclude_none=True)
            )
        except httpx.HTTPError as error:
            logger.warning("fapi did not answer: %s", type(error).__name__)
            return _say(503, "no_token")
        if answer.status_code != 201:
            # What the server says is for the portal, not for its visitor.
            logger.warning("fapi gave no token: %s, request %s", answer.status_code, answer.headers.get("x-request-id"))
            is_busy = answer.status_code >= 500 or answer.status_code in _BUSY
            return _say(503 if is_busy else 502, "no_token")
        minted = answer.json()
        return _answer(200, {"token": minted["token"], "expiresInSeconds": minted["expiresInSeconds"]})

    return router


def is_own_page(request: Request, origins: list[str] | None) -> bool:
    """Say whether a page of the portal itself sends this: by ``Sec-Fetch-Site``, or else by ``Origin``."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    if origins is not None:
        return origin in origins
    # Only the host: behind a proxy that ends TLS the address here has another scheme.
    return urlsplit(origin).netloc == request.headers.get("host", "").lower() != ""


def _say(status: int, code: str) -> JSONResponse:
    return _answer(status, {"code": code})


def _answer(status: int, body: dict[str, Any]) -> JSONResponse:
    headers = {"cache-control": "no-store", "vary": "origin, sec-fetch-site, cookie"}
    if status == 503:
        headers["retry-after"] = "1"
    return JSONResponse(body, status, headers=headers)
