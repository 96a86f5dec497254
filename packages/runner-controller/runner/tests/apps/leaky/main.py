import base64
import json
import os
import reprlib
from urllib.parse import quote

from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

app = FastAPI()
print("imported with", os.environ["API_KEY"])


@app.get("/say/{way}")
def say(way: str):
    """Print every variable in one of the ways in which programs print them."""
    for name in ("API_KEY", "DATABASE_URL", "PEM", "GREETING"):
        value = os.environ.get(name, "")
        if way == "plain":
            print(f"{name} is <{value}>")
        elif way == "split":
            half = len(value) // 2
            os.write(1, f"{name} is <{value[:half]}".encode())
            os.write(1, f"{value[half:]}>\n".encode())
        elif way == "url":
            print(f"{name}: https://host/?x={quote(value)}&y={quote(value, safe='')}")
        elif way == "base64":
            for before in ("", "a", "ab", "user:"):
                print(f"{name}: Basic {base64.b64encode((before + value + '@end').encode()).decode()}")
                print(f"{name}: {base64.urlsafe_b64encode((before + value).encode()).decode()}")
        elif way == "json":
            print(json.dumps({name: value}), repr(value))
        elif way == "cut":
            print("." * (8192 - len(value) // 2) + value)
        elif way == "elided":
            print(f"{name} is <{reprlib.repr(value)}>")
            for wrong in (value, [value], {"key": value, "more": "x" * 99}):
                try:
                    TypeAdapter(int).validate_python(wrong)
                except ValidationError as error:
                    print(f"{name}: {error}")
            print(f"{name}: {value:.20}… and {value:.20}...")


@app.get("/raise")
def fail():
    raise ValueError("cannot use " + os.environ["API_KEY"])


@app.get("/exit")
def leave():
    print("leaving with", os.environ["API_KEY"], flush=True)
    os._exit(3)
