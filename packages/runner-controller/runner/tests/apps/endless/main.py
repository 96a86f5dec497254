import asyncio
import threading

from fastapi import FastAPI

app = FastAPI()
end = threading.Event()


@app.get("/")
def read_root():
    return "here"


@app.get("/hold")
def hold():
    while not end.is_set():
        pass
    return "over"


@app.get("/poll")
async def poll():
    await asyncio.to_thread(lambda: None)
    while not end.is_set():
        await asyncio.sleep(0.1)
    return "over"


@app.get("/end")
async def finish():
    end.set()
