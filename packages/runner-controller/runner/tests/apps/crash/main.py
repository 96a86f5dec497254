import ctypes
import os
import sys

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def read_root():
    return os.getpid()


@app.get("/exit")
async def leave():
    print("last words")
    os._exit(7)


@app.get("/segfault")
async def segfault():
    ctypes.string_at(0)


@app.get("/raise")
def fail():
    raise ValueError("told you so")
