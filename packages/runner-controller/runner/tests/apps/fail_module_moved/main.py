from fastapi import FastAPI
from users import router

app = FastAPI()
