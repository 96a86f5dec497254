from fastapi import FastAPI

app = FastAPI()


@app.get("/items/{number}")
def read(number: int) -> dict[str, int]:
    return {"number": 10 // number}
