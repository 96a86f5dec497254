import signal
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()
signals = []
signal.signal(signal.SIGURG, lambda number, frame: signals.append(number))
Path("secret").write_text("of the neighbour")


@app.get("/")
async def read_root():
    return "here" if not signals else "signalled"
