from fastapi import FastAPI

app = FastAPI()


def hang():
    while True: pass


hang()
