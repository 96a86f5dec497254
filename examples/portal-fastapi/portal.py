"""A portal in FastAPI, as small as it gets: `FAPI_URL=... FAPI_API_KEY=... uvicorn portal:app`."""

import os

from fastapi import FastAPI, Request

from portal_tokens import Grant, token_router

# A real portal has sessions; here the cookie is looked up in a table.
SESSIONS = {"4f1c": "ada"}


def current_builder(request: Request) -> Grant | None:
    """Say who is signed in, and what they may do."""
    user = SESSIONS.get(request.cookies.get("session", ""))
    return Grant(subject=user, scopes=["apps:read", "drafts:read"]) if user else None


app = FastAPI()
app.include_router(
    token_router(fapi_url=os.environ["FAPI_URL"], api_key=os.environ["FAPI_API_KEY"], identify=current_builder)
)
