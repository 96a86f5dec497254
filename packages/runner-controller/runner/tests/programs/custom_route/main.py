import gzip, json, time
from collections.abc import Callable
from fastapi import APIRouter, Body, FastAPI, Request, Response, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


class GzipRequest(Request):
    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            body = await super().body()
            if "gzip" in self.headers.getlist("Content-Encoding"):
                body = gzip.decompress(body)
            self._body = body
        return self._body


class GzipRoute(APIRoute):
    def get_route_handler(self) -> Callable:
        orig = super().get_route_handler()

        async def h(request: Request) -> Response:
            r = await orig(GzipRequest(request.scope, request.receive))
            r.headers["x-route"] = self.path_format
            return r

        return h


app = FastAPI()
app.router.route_class = GzipRoute
router = APIRouter(route_class=GzipRoute)


@app.post("/sum")
async def s(n: list[int] = Body()):
    return sum(n)


@router.post("/sum2/{x}")
async def s2(x: int, n: list[int]):
    return sum(n) + x


app.include_router(router)
