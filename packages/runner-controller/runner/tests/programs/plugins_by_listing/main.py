import os, importlib
from fastapi import FastAPI

app = FastAPI()
for f in sorted(os.listdir("plugins")):
    if f.endswith(".py") and not f.startswith("_"):
        app.include_router(importlib.import_module("plugins." + f[:-3]).router)
