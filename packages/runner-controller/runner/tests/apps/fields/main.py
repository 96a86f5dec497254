from __future__ import annotations

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Header, Query
from pydantic import BaseModel, Field

router = APIRouter()
app = FastAPI()


class Color(str, Enum):
    red = "red"


class Node(BaseModel):
    name: str = Field(max_length=5)
    children: list[Node] = []


@router.get("/short")
def short(text: str = Query("a", max_length=2)):
    return text


@router.get("/long")
def long(text: str = Query("a", max_length=4)):
    return text


@router.get("/aliased")
def aliased(text: str = Query("a", max_length=2, alias="t")):
    return text


@router.get("/whole")
def whole(number: int = 1):
    return number


@router.get("/true")
def true(number: int = True):
    return number


@router.get("/float")
def real(number: float = 1):
    return number


@router.get("/bare")
def bare(number: float = 1.0):
    return number


@router.get("/limited")
def limited(number: Annotated[int, Query(ge=1)] = 1, other: Annotated[int, Query(ge=2)] = 2):
    return [number, other]


@router.get("/places")
def places(a: str = Header("x"), b: str = Cookie("x"), c: str = Query("x")):
    return [a, b, c]


@router.get("/lists")
def lists(a: list[int] = Query([]), b: list[int] = Query([1])):
    return [a, b]


@router.get("/titled")
def titled(a: int = Query(1, title="A", examples=[1]), b: int = Query(1, title="B", deprecated=True)):
    return [a, b]


@router.post("/node", response_model=Node)
def node(node: Node, color: Color = Color.red):
    return node


@router.post("/both")
def both(first: Node, second: Node, third: int = Body(3, le=3), fourth: int = Body(3, le=4)):
    return [first, second, third, fourth]


def page(limit: int = Query(10, le=100)) -> int:
    return limit


@router.get("/page")
def paged(at: int = Depends(page), strict: int = Query(10, le=50)):
    return [at, strict]


app.include_router(router)
app.include_router(router, prefix="/again", dependencies=[Depends(page)], tags=["again"])


class Later(BaseModel):
    value: Latest


@app.get("/later", response_model=None)
def later() -> Later | None:
    return None


class Latest(BaseModel):
    number: int
