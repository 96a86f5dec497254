from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException as SHE


class Unicorn(Exception):
    def __init__(self, n):
        self.n = n


async def cu(request: Request, exc: Unicorn):
    return JSONResponse(status_code=418, content={"m": exc.n})


app = FastAPI(exception_handlers={Unicorn: cu, 404: lambda r, e: PlainTextResponse("nf", 404)})


@app.exception_handler(SHE)
async def she(r, e):
    print("http", e.detail)
    return await http_exception_handler(r, e)


@app.exception_handler(RequestValidationError)
async def rve(r, e):
    return JSONResponse({"errs": [x["loc"] for x in e.errors()], "body": e.body}, 422)


@app.exception_handler(ZeroDivisionError)
def zde(r, e):
    return PlainTextResponse("zero", 500)


@app.exception_handler(Exception)
async def anyx(r, e):
    return JSONResponse({"any": type(e).__name__}, 500)


@app.get("/u/{n}")
def u(n: str):
    raise Unicorn(n)


@app.get("/z")
async def z():
    return 1 / 0


@app.get("/h")
def h():
    raise HTTPException(409, detail={"a": [1]}, headers={"X-E": "1"})


@app.get("/any")
def a():
    raise KeyError("k")


@app.post("/b")
def b(x: dict[str, int]):
    return x


@app.get("/resp", response_model=int)
def resp():
    return "notint"


@app.get("/group")
async def g():
    raise ExceptionGroup("g", [ValueError(1)])
