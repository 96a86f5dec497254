import asyncio
import os

from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()
router = APIRouter()
inner = FastAPI()
# A request comes to its end when the test writes this file.
DONE = "done"


async def wait():
    while not os.path.exists(DONE):
        await asyncio.sleep(0.01)


@app.get("/ok")
def ok():
    return "0123456789"


@app.api_route("/head", methods=["GET", "HEAD"])
def head():
    return "0123456789"


@app.get("/moved")
def moved():
    return RedirectResponse("/ok")


@app.get("/missing")
def missing():
    raise HTTPException(404)


@app.get("/broken")
def broken():
    raise RuntimeError("broken")


@app.post("/upload")
async def upload(request: Request):
    return len(await request.body())


@app.get("/later")
async def later(tasks: BackgroundTasks):
    tasks.add_task(wait)
    return "said before it is done"


@app.get("/stream")
async def stream():
    async def parts():
        yield "first,"
        await wait()
        yield "last"

    return StreamingResponse(parts())


@app.get("/slow")
async def slow():
    await wait()


@app.get("/kill")
async def kill():
    os.kill(os.getpid(), 9)


@router.get("/items/{item_id}")
async def item(item_id: int):
    return item_id


@inner.get("/things/{name}")
async def thing(name: str):
    return name


@app.websocket("/ws")
async def echo(socket: WebSocket):
    await socket.accept()
    await socket.send_text("echo " + await socket.receive_text())
    await socket.close()


app.include_router(router, prefix="/a")
app.include_router(router, prefix="/b/{tenant}")
app.mount("/inner", inner)


class Nothing(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        return await call_next(request)


app.add_middleware(Nothing)
