from fastapi import FastAPI

app = FastAPI()


def again():
    return again()


again()
