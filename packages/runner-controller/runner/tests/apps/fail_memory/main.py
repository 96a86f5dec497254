from fastapi import FastAPI

app = FastAPI()
hog = bytearray(4 << 30)
