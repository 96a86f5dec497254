from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="Привет ☃ 日本")


class Größe(BaseModel):
    länge: int = 3
    naïve: str = "é"


@app.get("/größe/{名}")
def größe(名: str, ß: int = 1) -> Größe:
    """Ünïcode 🎉"""
    return Größe(länge=ß, naïve=名)


π = 3


@app.get("/π")
def pi():
    return {"π": π}
