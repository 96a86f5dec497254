from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware


class Refuse(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        raise RuntimeError("nothing works here")


async def everything(scope, receive, send):
    raise RuntimeError("nor here")


app = FastAPI()
app.add_middleware(Refuse)
app.mount("/", everything)
