import atexit
import logging
import sys

from fastapi import FastAPI

logging.basicConfig(level=logging.INFO)
print("imported")
atexit.register(print, "atexit ran")
app = FastAPI()


@app.get("/")
def read_root():
    print("to stdout")
    print("to stderr", file=sys.stderr)
    logging.getLogger("guest").info("logged")
    print("x" * 20000)


@app.get("/flood")
def flood():
    for number in range(50_000):
        print("line", number)
