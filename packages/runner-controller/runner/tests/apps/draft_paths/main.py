import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

# Absolute paths that are made while it is imported must lead to the app's own folder once it serves.
COUNTER = Path("visits.txt").resolve()
SEEN = os.path.abspath("seen.txt")

app = FastAPI()
app.mount("/static", StaticFiles(directory="static"))


@app.get("/")
def visit():
    count = int(COUNTER.read_text()) + 1 if COUNTER.exists() else 1
    COUNTER.write_text(str(count))
    open(SEEN, "a").write("x")
    open("relative.txt", "w").write(os.environ["HOME"])
    return {"count": count, "folder": os.getcwd()}
