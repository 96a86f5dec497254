import sys

from fastapi import FastAPI

app = FastAPI()
sys.modules.clear()
