import functools
from typing import Annotated, Any
from fastapi import FastAPI, Depends, APIRouter, Query

app = FastAPI()


def base(a: int, b: int = 2):
    return [a, b]


app.add_api_route("/partial", functools.partial(base, b=5), methods=["GET"], name="pp")
app.add_api_route("/lam", lambda q="x": q)


class C:
    def __init__(self, v):
        self.v = v

    def __call__(self, z: int = 0):
        return self.v + z

    async def meth(self, q: str):
        return q


c = C(3)
app.get("/call", name="call")(c)
app.get("/meth")(c.meth)


def deco(f):
    @functools.wraps(f)
    async def w(*a, **k):
        return {"w": await f(*a, **k)}

    return w


@app.get("/deco")
@deco
async def d(n: int):
    return n


class View:
    router = APIRouter()

    def __init__(self):
        self.router = APIRouter(prefix="/view")
        self.router.add_api_route(
            "/x",
            self.x,
            methods=[
                "GET",
            ],
        )

    def x(self, lim: Annotated[int, Query(gt=0)] = 1):
        return lim


app.include_router(View().router)
for n in ("a", "b"):

    @app.get(f"/loop/{n}", name=n, operation_id=f"op_{n}")
    def loop(n=n):
        return n


class AG:
    async def __call__(self):
        yield "ag"


@app.get("/ag")
def ag(x=Depends(AG())):
    return x


@app.get("/any")
def any_(x: Any = None, y: object = 1, *, z: bool = False):
    return [x, z]


@app.get(
    "/res",
    status_code=201,
    response_model=dict[str, list[int]],
    tags=["a", "b"],
    description="D",
    include_in_schema=True,
)
def res():
    return {"a": ["1"]}
