import anyio
from starlette.staticfiles import StaticFiles
from target import SECRET


def attack():
    folder, _, name = SECRET.rpartition("/")
    sent = []

    async def receive():
        await anyio.sleep_forever()

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": f"/{name}", "headers": [], "root_path": ""}
    anyio.run(StaticFiles(directory=folder), scope, receive, send)
    if b"neighbour" in sent[-1].get("body", b""):
        return sent
    raise PermissionError("nothing was sent")
