import os, sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)) + "/backend")
from api.routes import router
from fastapi import FastAPI

app = FastAPI()
app.include_router(router)
