"""My shop."""

import logging
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket
from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)
MAX = 20
items_db: dict[int, "Item"] = {}
users_db = {}
counter = 0


@asynccontextmanager
async def lifespan(app: FastAPI):
    users_db[1] = User(name="root")
    yield


app = FastAPI(title="Shop", lifespan=lifespan)


# ---- models ----

class Item(BaseModel):
    """An item."""
    name: str = Field(max_length=MAX)
    owner: "User | None" = None  # forward


class User(BaseModel):
    name: str


def next_id() -> int:
    global counter
    counter += 1
    return counter


def get_user(user_id: int) -> User:
    return users_db[user_id]


CurrentUser = Annotated[User, Depends(get_user)]


@app.get("/")
def root():
    return {"hello": "wörld"}


# ---- items ----

@app.get("/items", tags=["items"], response_model=list[Item])
async def list_items():
    logger.info("x")
    return list(items_db.values())


@app.post("/items", tags=["items"])
async def make_item(item: Item, user: CurrentUser):
    items_db[next_id()] = item
    return item


@app.get("/users/{user_id}", tags=["users"])
async def read_user(user: CurrentUser) -> User:
    return user


@app.get("/items/{item_id}", tags=["items"])
async def read_item(item_id: int):
    # indented
    if item_id not in items_db:
        raise HTTPException(404)
    return items_db[item_id]
    # trailing


@app.exception_handler(KeyError)
async def on_key(request, error):
    ...


@app.websocket("/ws")
async def ws(socket: WebSocket):
    await socket.accept()


@app.get("/meta")
def meta():
    return app.title


if __name__ == "__main__":
    import uvicorn
    uvicorn.run("main:app")
