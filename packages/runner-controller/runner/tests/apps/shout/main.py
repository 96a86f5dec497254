import os
import sys
import traceback

from fastapi import FastAPI

app = FastAPI()


@app.get("/write")
def write(part: str):
    os.write(1, part.encode())


@app.get("/tracebacks")
def tracebacks(count: int):
    """Many tracebacks between many lines, faster than the log may grow."""
    for number in range(count):
        try:
            try:
                raise ValueError(f"first {number}")
            except ValueError as error:
                raise RuntimeError(f"second {number}") from error
        except RuntimeError:
            traceback.print_exc()
            text = traceback.format_exc()
        print("noise\n" * 20, end="", file=sys.stderr)
    return {"lines": text.count("\n"), "linesWithText": len([line for line in text.split("\n") if line])}


@app.get("/control")
def control(lines: int):
    for _ in range(lines):
        print("\x01" * 8000)


@app.get("/flood")
def flood(megabytes: int):
    chunk = b"a line of a flood that never ends\n" * 2000
    for _ in range(megabytes * 1_000_000 // len(chunk)):
        os.write(1, chunk)


@app.get("/long")
def long():
    sys.stdout.write("y" * 30_000)
    sys.stdout.flush()
    print("the same line")
    print("the next line")
