import time
from fastapi import FastAPI, Request
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request as R


class Pure:
    def __init__(self, app, header="x-pure"):
        self.app = app
        self.header = header.encode()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def s(m):
            if m["type"] == "http.response.start":
                m["headers"] = [*m["headers"], (self.header, b"1")]
            await send(m)

        await self.app(scope, receive, s)


class Base(BaseHTTPMiddleware):
    async def dispatch(self, request: R, call_next):
        if request.url.path == "/stop":
            from starlette.responses import Response

            return Response("stopped", 403)
        r = await call_next(request)
        r.headers["x-base"] = request.method
        return r


app = FastAPI(middleware=[Middleware(Pure, header="x-first")])
app.add_middleware(GZipMiddleware, minimum_size=100, compresslevel=5)
app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*.localhost", "localhost"])
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://a.b"],
    allow_origin_regex=r"https://.*\.c",
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["x-q"],
    expose_headers=["x-e"],
)
app.add_middleware(Base)
app.add_middleware(Pure)


@app.middleware("http")
async def t(request: Request, call_next):
    request.state.v = 3
    resp = await call_next(request)
    resp.headers["X-V"] = "t"
    return resp


@app.get("/big")
def big(request: Request):
    return {"v": request.state.v, "d": "z" * 1000}


@app.get("/err")
def err():
    raise ValueError("x")
