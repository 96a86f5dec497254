from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    raise ConnectionError("the database does not answer")
    yield


app = FastAPI(lifespan=lifespan)
