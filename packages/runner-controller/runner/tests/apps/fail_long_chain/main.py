from fastapi import FastAPI

app = FastAPI()
last = None
for count in range(200_000):
    error = ValueError(f"try {count}")
    error.__cause__ = last
    last = error
raise last
