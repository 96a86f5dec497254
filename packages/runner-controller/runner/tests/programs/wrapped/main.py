from fastapi import FastAPI


class Wrap:
    def __init__(self, other):
        self.other = other

    def __getattr__(self, n):
        return getattr(self.other, n)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"].startswith("/io"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"io"})
            return
        await self.other(scope, receive, send)


fast = FastAPI()


@fast.get("/")
def r():
    return 1


app = Wrap(fast)
