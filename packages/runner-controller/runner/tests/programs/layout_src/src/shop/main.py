from fastapi import FastAPI
from shop import __version__
from shop.lib import f

app = FastAPI(version=__version__)


@app.get("/")
def r():
    return f()
