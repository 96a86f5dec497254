from fastapi import FastAPI
from part import thing

app = FastAPI()
