/** What a builder can begin with: real, small FastAPI projects that run on the curated layer. */
export interface Starter { title: string; summary: string; files: readonly { path: string; content: string }[] }

const hello = `from fastapi import FastAPI

app = FastAPI(title="Hello")


@app.get("/")
def read_root() -> dict[str, str]:
    return {"message": "Hello from your portal"}


@app.get("/greet/{name}")
def greet(name: str, loud: bool = False) -> dict[str, str]:
    message = f"Hello, {name}"
    return {"message": message.upper() if loud else message}
`;

const todo = `from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Field, Session, SQLModel, create_engine, select

engine = create_engine("sqlite:///todo.db", connect_args={"check_same_thread": False})


class TaskIn(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    done: bool = False


class Task(TaskIn, table=True):
    id: int | None = Field(default=None, primary_key=True)


def get_session():
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(get_session)]


@asynccontextmanager
async def lifespan(app: FastAPI):
    SQLModel.metadata.create_all(engine)
    yield


app = FastAPI(title="Todo", lifespan=lifespan)


@app.get("/tasks")
def list_tasks(session: Database) -> list[Task]:
    return list(session.exec(select(Task)))


@app.post("/tasks", status_code=201)
def create_task(task: TaskIn, session: Database) -> Task:
    row = Task.model_validate(task)
    session.add(row)
    session.commit()
    session.refresh(row)
    return row


@app.delete("/tasks/{task_id}", status_code=204)
def delete_task(task_id: int, session: Database) -> None:
    row = session.get(Task, task_id)
    if row is None:
        raise HTTPException(404, "There is no such task")
    session.delete(row)
    session.commit()
`;

const inventory: Starter['files'] = [
  { path: 'main.py', content: `from fastapi import FastAPI

from routers import health, items

app = FastAPI(title="Inventory")
app.include_router(items.router)
app.include_router(health.router)
` },
  { path: 'models/__init__.py', content: '' },
  { path: 'models/item.py', content: `from pydantic import BaseModel, Field


class ItemIn(BaseModel):
    name: str = Field(min_length=1, max_length=80)
    quantity: int = Field(ge=0)


class Item(ItemIn):
    id: int
` },
  { path: 'routers/__init__.py', content: '' },
  { path: 'routers/health.py', content: `from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
def read_health() -> dict[str, str]:
    return {"status": "ok"}
` },
  { path: 'routers/items.py', content: `from fastapi import APIRouter, HTTPException

from models.item import Item, ItemIn
from services.stock import stock

router = APIRouter(prefix="/items", tags=["items"])


@router.get("")
def list_items() -> list[Item]:
    return stock.all()


@router.post("", status_code=201)
def add_item(item: ItemIn) -> Item:
    return stock.add(item)


@router.get("/{item_id}")
def read_item(item_id: int) -> Item:
    found = stock.find(item_id)
    if found is None:
        raise HTTPException(404, "There is no such item")
    return found
` },
  { path: 'services/__init__.py', content: '' },
  { path: 'services/stock.py', content: `from models.item import Item, ItemIn


class Stock:
    """Keeps items in memory: a deploy starts with an empty stock."""

    def __init__(self) -> None:
        self._items: dict[int, Item] = {}

    def all(self) -> list[Item]:
        return list(self._items.values())

    def add(self, item: ItemIn) -> Item:
        kept = Item(id=len(self._items) + 1, **item.model_dump())
        self._items[kept.id] = kept
        return kept

    def find(self, item_id: int) -> Item | None:
        return self._items.get(item_id)


stock = Stock()
` },
];

export const starters: readonly Starter[] = [
  { title: 'Hello', summary: 'One file, two routes.', files: [{ path: 'main.py', content: hello }] },
  { title: 'Todo', summary: 'Tasks in SQLite, kept over deploys.', files: [{ path: 'main.py', content: todo }] },
  { title: 'Inventory', summary: 'Several files: routers, models, services.', files: inventory },
];
