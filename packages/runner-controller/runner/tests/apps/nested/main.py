from fastapi import APIRouter, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Route

inner = APIRouter(prefix="/inner")
outer = APIRouter(prefix="/outer")
app = FastAPI()


@inner.get("/{name}")
def read_inner(name: str):
    return name


@inner.delete("/{name}")
@inner.put("/{name}")
def change_inner(name: str):
    return name


@inner.get("/hidden", include_in_schema=False)
def hidden():
    return "hidden"


@outer.websocket("/ws")
async def talk(socket):
    await socket.accept()


outer.include_router(inner)
app.include_router(outer, prefix="/first")
app.include_router(outer, prefix="/second")
app.router.routes.append(Route("/plain", lambda request: PlainTextResponse("plain")))


@app.get("/")
def read_root():
    return "root"


@app.post("/first/outer/many-more/{path:path}")
def last(path: str):
    return path
