from fastapi import FastAPI

app = FastAPI()


def connect():
    raise ConnectionRefusedError("nobody listens")


try:
    connect()
except OSError as error:
    raise RuntimeError("no database") from error
