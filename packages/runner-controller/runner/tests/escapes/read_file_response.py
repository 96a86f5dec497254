import anyio
from starlette.responses import FileResponse
from target import SECRET


def attack():
    sent = []

    async def receive():
        await anyio.sleep_forever()

    async def send(message):
        sent.append(message)

    anyio.run(FileResponse(SECRET), {"type": "http", "method": "GET", "headers": []}, receive, send)
    return sent
