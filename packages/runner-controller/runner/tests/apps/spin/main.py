import os

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root():
    return os.getpid()


@app.get("/spin")
async def spin():
    if os.fork() == 0:
        open("grandchild", "w").write(str(os.getpid()))
    while True:
        pass
