from contextlib import asynccontextmanager
from fastapi import FastAPI, APIRouter

r = APIRouter()


@asynccontextmanager
async def ls(app):
    @r.get("/late")
    def late():
        return 1

    app.router.routes.pop()
    app.include_router(r)
    yield


app = FastAPI(lifespan=ls)


@app.get("/x")
def x():
    return 1
