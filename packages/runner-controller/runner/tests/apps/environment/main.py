import os

from fastapi import FastAPI

app = FastAPI()
GREETING = os.environ["GREETING"]


@app.get("/")
def read_root():
    return {"greeting": GREETING, "names": sorted(os.environ)}
