from fastapi import FastAPI


def configure():
    raise KeyError("DATABASE_URL")


configure()
app = FastAPI()
