import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root():
    return os.getpid()


@app.get("/spin")
async def spin():
    os.fork()
    while True:
        pass
