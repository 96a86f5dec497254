from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse

app = FastAPI()


@app.get("/ok")
def ok():
    return "0123456789"


@app.get("/moved")
def moved():
    return RedirectResponse("/ok")


@app.get("/missing")
def missing():
    raise HTTPException(404)


@app.get("/broken")
def broken():
    raise RuntimeError("broken")
