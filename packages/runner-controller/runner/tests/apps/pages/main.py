import gzip

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

app = FastAPI()
PAGE = "<!doctype html>\n<html lang='a>b'><!-- why --><HEAD class=x><meta charset='utf-8'></HEAD><body>hi</body></html>"
policy = "content-security-policy"


@app.middleware("http")
async def pass_on(request: Request, call_next):
    return await call_next(request)


@app.get("/page")
def page() -> HTMLResponse:
    return HTMLResponse(PAGE)


@app.get("/bare")
def bare() -> HTMLResponse:
    return HTMLResponse("<li>one</li>")


@app.get("/policy")
def policed(given: str) -> HTMLResponse:
    return HTMLResponse(PAGE, headers={policy: given, "X-Frame-Options": "DENY"})


@app.get("/json")
def values() -> JSONResponse:
    return JSONResponse({"html": "<head>"}, headers={"x-frame-options": "DENY", policy: "frame-ancestors 'none'"})


@app.get("/stream")
def stream() -> StreamingResponse:
    return StreamingResponse(iter([PAGE[:50], PAGE[50:]]), media_type="text/html")


@app.get("/wide")
def wide() -> Response:
    return Response(PAGE.encode("utf-16"), media_type="text/html; charset=utf-16")


@app.get("/zipped")
def zipped(request: Request) -> Response:
    return Response(gzip.compress(PAGE.encode()), headers={"content-encoding": "gzip"}, media_type="text/html")


@app.get("/accepts")
def accepts(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<html>{request.headers.get('accept-encoding')}</html>")


app.mount("/static", StaticFiles(directory="static", html=True))
