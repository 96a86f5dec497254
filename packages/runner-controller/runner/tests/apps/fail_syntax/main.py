from fastapi import FastAPI

app = FastAPI()


def broken(:
    pass
