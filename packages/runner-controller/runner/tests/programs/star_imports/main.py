from fastapi import *
from models import *
from typing import *

app = FastAPI()


@app.post("/")
def r(a: Item = Body(...), h: Optional[str] = Header(None)) -> Item:
    return a
