import sys
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    sys.exit("no configuration")
    yield


app = FastAPI(lifespan=lifespan)
