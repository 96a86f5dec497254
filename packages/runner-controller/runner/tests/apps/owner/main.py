import fcntl
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app):
    # Two cannot own this at once: a second start would fail.
    with open("owned.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root():
    return "WORD"
