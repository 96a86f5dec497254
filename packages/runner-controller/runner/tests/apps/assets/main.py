from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

app = FastAPI()
app.mount("/static", StaticFiles(directory="static"), name="static")
templates = Jinja2Templates("templates")


@app.get("/page")
def page(request: Request):
    return templates.TemplateResponse(request, "page.html", {"name": "guest"})


@app.get("/visits")
def visits():
    file = Path("visits.txt")
    count = int(file.read_text()) + 1 if file.exists() else 1
    file.write_text(str(count))
    return count
