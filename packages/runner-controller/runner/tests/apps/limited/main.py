from fastapi import FastAPI

app = FastAPI()
held = []


@app.get("/eat/{mebibytes}")
def eat(mebibytes: int):
    held.append(bytearray(b"x") * (mebibytes << 20))


@app.get("/fill/{mebibytes}")
def fill(mebibytes: int):
    for _ in range(mebibytes):
        with open("data", "ab") as file:
            file.write(bytes(1 << 20))
