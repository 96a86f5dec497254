import threading
from contextlib import asynccontextmanager
from concurrent.futures import ThreadPoolExecutor
from fastapi import FastAPI
import asyncio


@asynccontextmanager
async def ls(app):
    app.state.pool = ThreadPoolExecutor(4, thread_name_prefix="w")
    stop = threading.Event()
    t = threading.Thread(target=stop.wait)
    t.start()
    yield
    stop.set()
    t.join()
    app.state.pool.shutdown()


app = FastAPI(lifespan=ls)


@app.get("/")
async def r():
    return await asyncio.get_running_loop().run_in_executor(app.state.pool, lambda: threading.current_thread().name[:1])


@app.get("/tt")
async def tt():
    return await asyncio.to_thread(sum, [1, 2])
