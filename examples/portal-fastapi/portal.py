"""A portal in FastAPI, as small as it gets: `FAPI_URL=... FAPI_API_KEY=... uvicorn portal:app`."""

import os

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from portal_tokens import Grant, token_router

FAPI_URL = os.environ["FAPI_URL"]
# A real portal has a sign-in and keeps its sessions; here whoever opens the page is Ada.
SESSIONS = {"4f1c": "ada"}
PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Portal</title>
<script type="module" src="{FAPI_URL}/embed/fapi.js"></script>
<script type="module">
  const builder = document.querySelector("fapi-builder");
  document.addEventListener("fapi-app-select", (event) => (builder.appId = event.detail.appId));
</script>
<fapi-provider base-url="{FAPI_URL}" token-url="/portal/embed-token">
  <fapi-apps></fapi-apps>
  <fapi-builder></fapi-builder>
</fapi-provider>
</html>
"""


def current_builder(request: Request) -> Grant | None:
    """Say who is signed in; a grant without role and scopes is for all that building and deploying takes."""
    user = SESSIONS.get(request.cookies.get("session", ""))
    return Grant(subject=user) if user else None


app = FastAPI()
app.include_router(token_router(fapi_url=FAPI_URL, api_key=os.environ["FAPI_API_KEY"], identify=current_builder))


@app.get("/", include_in_schema=False)
def show_builder() -> HTMLResponse:
    """Answer the page, and sign its visitor in."""
    answer = HTMLResponse(PAGE)
    answer.set_cookie("session", "4f1c", httponly=True, samesite="lax")
    return answer
