import fcntl
from contextlib import asynccontextmanager

from shapes import app


@asynccontextmanager
async def lifespan(app):
    # Two cannot own this at once: a second start would fail.
    with open("owned.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


app.router.lifespan_context = lifespan
