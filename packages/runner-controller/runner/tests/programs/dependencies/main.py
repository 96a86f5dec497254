from typing import Annotated
from fastapi import FastAPI, Depends, HTTPException

app = FastAPI()
log = []


def a():
    log.append("a+")
    try:
        yield 1
    except ValueError as e:
        log.append("a!")
        raise HTTPException(400, "val")
    finally:
        log.append("a-")


async def b(x: Annotated[int, Depends(a)]):
    log.append("b+")
    try:
        yield x + 1
    finally:
        log.append("b-")


class Dep:
    def __init__(self, q: int = 0, lim: int = 10):
        self.q, self.lim = q, lim

    def __call__(self, z: str = "z"):
        return z


@app.get("/ok")
def ok(x: Annotated[int, Depends(b)], c: Annotated[Dep, Depends()], d=Depends(Dep(1))):
    return [x, c.q, d]


@app.get("/bad")
def bad(x: int = Depends(b)):
    raise ValueError


@app.get("/log")
def lg():
    return log


def over():
    return 99


@app.get("/nc")
def nc(p: int = Depends(over), q: int = Depends(over, use_cache=False)):
    return p + q


app.dependency_overrides[over] = lambda: 5
