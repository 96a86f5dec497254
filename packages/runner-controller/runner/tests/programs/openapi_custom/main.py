from typing import Annotated
from fastapi import FastAPI, APIRouter, Body, Path
from fastapi.openapi.utils import get_openapi
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.routing import APIRoute
from pydantic import BaseModel, HttpUrl


def uid(route: APIRoute):
    return f"{route.tags[0] if route.tags else 'x'}-{route.name}"


tags = [{"name": "users", "description": "U", "externalDocs": {"url": "https://x"}}]
app = FastAPI(
    title="T",
    summary="s",
    description="**d**",
    version="9",
    terms_of_service="http://t",
    contact={"name": "c"},
    license_info={"name": "MIT", "identifier": "MIT"},
    openapi_tags=tags,
    generate_unique_id_function=uid,
    docs_url=None,
    redoc_url="/rd",
    openapi_url="/v1/openapi.json",
    separate_input_output_schemas=False,
)


class Inv(BaseModel):
    id: str
    t: float = 1.0


class Ev(BaseModel):
    ok: bool


cb = APIRouter()


@cb.post("{$callback_url}/invoices/{$request.body.id}", response_model=Ev)
def note(body: Inv):
    pass


@app.post(
    "/inv/",
    callbacks=cb.routes,
    tags=["users"],
    responses={404: {"model": Ev, "description": "nf"}, 200: {"content": {"image/png": {}}}},
    openapi_extra={"x-aperture": "blue"},
    operation_id="custom_op",
    response_description="RD",
)
def inv(
    i: Annotated[Inv, Body(openapi_examples={"n": {"summary": "s", "value": {"id": "1"}}}, examples=[{"id": "2"}])],
    callback_url: HttpUrl | None = None,
):
    """Doc.

    - **x**
    \f
    hidden
    """
    return i


@app.webhooks.post("new-sub")
def ns(b: Ev):
    "wh"


@app.get("/docs", include_in_schema=False)
def docs():
    return get_swagger_ui_html(openapi_url=app.openapi_url, title="x")


def custom():
    if app.openapi_schema:
        return app.openapi_schema
    s = get_openapi(title="Custom", version="2", routes=app.routes, webhooks=app.webhooks.routes, tags=tags)
    s["info"]["x-logo"] = {"url": "l"}
    app.openapi_schema = s
    return s


app.openapi = custom
