from fastapi import FastAPI
from models import User, Post

app = FastAPI()


@app.post("/u")
def u(x: User) -> Post:
    return Post(title="t", author=x)
