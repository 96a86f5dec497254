from fastapi import FastAPI
from models.item import Item
from routers import items
from routers.users import router as users

app = FastAPI()
app.include_router(items.router)
app.include_router(users)


@app.get("/", response_model=Item)
def read_root():
    return Item(name="root")
