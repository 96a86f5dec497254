from __future__ import annotations
from typing import Annotated, Generic, TypeVar, Literal, NewType, Union, Optional, TypedDict, NamedTuple
from typing_extensions import TypedDict as TD
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from enum import Enum, IntEnum, StrEnum
import dataclasses, ipaddress, pathlib
from dataclasses import dataclass, field
from pydantic import (
    BaseModel,
    Field,
    computed_field,
    field_serializer,
    field_validator,
    model_validator,
    ConfigDict,
    RootModel,
    EmailStr,
    HttpUrl,
    SecretStr,
    conint,
    constr,
    AfterValidator,
    PlainSerializer,
    Discriminator,
    Tag,
    Json,
    create_model,
    AliasChoices,
)
from pydantic.dataclasses import dataclass as pdc
from fastapi import FastAPI, Body, Query, Path

app = FastAPI()
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = Field(ge=0, examples=[3])
    next: Page[T] | None = None


class Color(str, Enum):
    red = "r"
    blue = "b"


class Lvl(IntEnum):
    lo = 1
    hi = 2


class SE(StrEnum):
    A = "a"


UserId = NewType("UserId", int)


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: conint(gt=0, lt=10) = 9


class Dog(BaseModel):
    kind: Literal["dog", "puppy"]
    name: constr(pattern="^[A-Z]") = "Rex"


Pet = Annotated[Union[Cat, Dog], Field(discriminator="kind")]


class Rect(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"w": 1, "h": 2}}, populate_by_name=True, frozen=True, title="R"
    )
    w: float = Field(alias="width")
    h: float

    @computed_field
    @property
    def area(self) -> float:
        return self.w * self.h

    @field_serializer("h")
    def sh(self, v, _i) -> str:
        return f"{v:.1f}"

    @model_validator(mode="after")
    def chk(self) -> Rect:
        if self.w < 0:
            raise ValueError("neg")
        return self


@dataclass
class DC:
    a: int
    b: list[str] = field(default_factory=list)


@pdc
class PDC:
    x: date
    y: Optional[timedelta] = None


class TDict(TD, total=False):
    k: str
    v: int


class NT(NamedTuple):
    x: int
    y: str = "d"


class Tree(BaseModel):
    v: int
    kids: list[Tree] = []


class Tags(RootModel[set[str]]):
    pass


Upper = Annotated[str, AfterValidator(str.upper), PlainSerializer(lambda s: s + "!", return_type=str)]


class Everything(BaseModel):
    id: UUID
    e: EmailStr
    u: HttpUrl
    s: SecretStr
    d: Decimal
    t: time
    ip: ipaddress.IPv4Address
    p: pathlib.Path
    up: Upper
    c: Color
    l: Lvl = Lvl.hi
    se: SE = SE.A
    j: Json[list[int]] = "[]"
    tup: tuple[int, str, bool] = (1, "a", True)
    by: bytes = b"x"


Dyn = create_model("Dyn", foo=(str, ...), bar=(int, 123))


@app.post("/page")
def page(p: Page[Cat]) -> Page[Dog]:
    return Page[Dog](items=[Dog(kind="dog")], total=p.total)


@app.post("/pet")
def pet(p: Pet, q: Annotated[int, Body()] = 3) -> dict[str, Pet]:
    return {"p": p}


@app.post("/rect", response_model_by_alias=False)
def rect(r: Rect) -> Rect:
    return r


@app.post("/dc")
def dc(d: DC) -> DC:
    return d


@app.post("/pdc")
def pdc_(d: PDC) -> PDC:
    return d


@app.post("/td")
def td(d: TDict) -> TDict:
    return d


@app.post("/nt")
def nt(d: NT) -> NT:
    return d


@app.post("/tree")
def tree(t: Tree) -> Tree:
    return t


@app.post("/tags")
def tags(t: Tags) -> list[str]:
    return sorted(t.root)


@app.post("/all")
def everything(x: Everything):
    return x


@app.post("/dyn")
def dyn(x: Dyn):
    return x


@app.get("/q/{uid}/{c}")
def q(
    uid: UserId,
    c: Color,
    l: Annotated[list[int] | None, Query(alias="ll", deprecated=True)] = None,
    s: Annotated[str, Query(max_length=3, pattern="^a")] = "a",
    lit: Literal["x", "y"] = "x",
):
    return [uid, c, l, s, lit]


@app.get("/none", response_model=None)
def none() -> int | str:
    return "1"


@app.get("/ex", response_model=Rect, response_model_exclude_unset=True, response_model_exclude={"area"})
def ex():
    return {"width": 1, "h": 2}
