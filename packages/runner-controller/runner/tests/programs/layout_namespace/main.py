from fastapi import FastAPI
from ns.sub.mod import f
import ns

app = FastAPI()


@app.get("/")
def r():
    return [f(), ns.__file__]
