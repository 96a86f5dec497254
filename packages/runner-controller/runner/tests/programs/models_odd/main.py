from __future__ import annotations
import re, enum, collections, typing as t, datetime as dt
from typing_extensions import NotRequired, Required, TypedDict, Self, Unpack, Doc, TypeAliasType
from typing import Annotated
from collections.abc import Sequence, Mapping
from fastapi import FastAPI, Body, Path, Query, Header, Form
from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    PositiveInt,
    Base64Str,
    AwareDatetime,
    ByteSize,
    WithJsonSchema,
    InstanceOf,
    SkipValidation,
    StrictInt,
    NonNegativeFloat,
    UUID4,
    AnyUrl,
    FilePath,
    PlainValidator,
    BeforeValidator,
    GetPydanticSchema,
    Tag,
    Discriminator,
    TypeAdapter,
    field_validator,
    ConfigDict,
    alias_generators,
)

app = FastAPI()


class TD(TypedDict, total=False):
    a: Required[int]
    b: NotRequired[str]


class Flag(enum.IntFlag):
    X = 1
    Y = 2


class Mode(enum.Enum):
    one = 1
    two = "two"

    @classmethod
    def _missing_(cls, v):
        return cls.one


JsonT = TypeAliasType("JsonT", "t.Union[list[JsonT], dict[str, JsonT], int, str, None]")


def disc(v):
    return v.get("k") if isinstance(v, dict) else v.k


class A(BaseModel):
    model_config = ConfigDict(
        alias_generator=alias_generators.to_camel,
        populate_by_name=True,
        use_enum_values=True,
        str_strip_whitespace=True,
        json_encoders={dt.date: lambda d: d.year},
    )
    k: t.Literal["a"] = "a"
    some_date: dt.date = dt.date(2020, 1, 2)
    mode: Mode = Mode.two
    size: ByteSize = ByteSize(10)
    pat: re.Pattern[str] | None = None
    dq: collections.deque[int] = collections.deque([1])
    b64: Base64Str = "YQ=="
    odd: Annotated[object, WithJsonSchema({"type": "odd"})] = 1


class B(BaseModel):
    k: t.Literal["b"] = "b"
    parent: t.Optional["B"] = None
    me: t.ClassVar[int] = 3
    _priv: int = 4

    @classmethod
    def make(cls) -> Self:
        return cls()


U = Annotated[t.Union[Annotated[A, Tag("a")], Annotated[B, Tag("b")]], Discriminator(disc)]


@app.post("/u")
def u(x: U) -> U:
    return x


@app.post("/td")
def td(x: TD, y: Annotated[Mapping[str, Sequence[PositiveInt]], Body()]):
    return [x, y]


@app.post("/j")
def j(x: JsonT) -> JsonT:
    return x


@app.get("/q/{f}/{m}")
def q(
    f: Flag,
    m: Mode,
    when: AwareDatetime | None = None,
    s: Annotated[str, StringConstraints(to_upper=True), Doc("docs")] = "s",
    st: set[int] = Query(default=set()),
    tp: tuple[int, int] = Query((1, 2)),
):
    return [f, m, when, s, st, tp]


class Filt(BaseModel):
    limit: int = Field(100, gt=0, le=100)
    order: t.Literal["c", "u"] = "c"
    tags: list[str] = []
    model_config = {"extra": "forbid"}


@app.get("/filt")
def filt(f: Annotated[Filt, Query()]):
    return f


class Out(BaseModel):
    a: int = 1
    b: float = float("inf")


@app.get("/nan")
def nan() -> Out:
    return Out()


@app.get("/inh", response_model=list[t.Union[Out, A]] | None)
def inh():
    return [Out(), A()]
