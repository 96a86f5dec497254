from contextlib import asynccontextmanager
from fastapi import FastAPI


@asynccontextmanager
async def ls(app):
    app.title = "changed"
    app.description = "after"
    app.version = "7"
    yield


app = FastAPI(lifespan=ls)


@app.get("/x")
def x():
    return 1
