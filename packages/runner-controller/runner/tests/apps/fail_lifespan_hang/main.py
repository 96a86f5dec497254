import time
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    time.sleep(3600)
    yield


app = FastAPI(lifespan=lifespan)
