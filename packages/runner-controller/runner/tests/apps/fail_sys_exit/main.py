import sys

from fastapi import FastAPI

app = FastAPI()
sys.exit(3)
