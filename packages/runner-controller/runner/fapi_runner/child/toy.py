"""An app that has a little of everything, for the rehearsal."""

from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: float = 1.0
    tags: list[str] = []


def read_name(name: str = "toy") -> str:
    return name


@app.get("/item")
def read_item(name: str = Depends(read_name)) -> Item:
    return Item(name=name)


@app.get("/items/{number}")
async def read_items(number: int) -> list[Item]:
    return [Item(name=str(number))]


@app.post("/item")
def make_item(item: Item) -> Item:
    return item
