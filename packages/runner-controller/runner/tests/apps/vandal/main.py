import ctypes
import os

from fastapi import FastAPI

app = FastAPI()


def find_page():
    for line in open("/proc/self/maps"):
        if "fapi-metrics" in line and "rw" in line.split()[1]:
            start, _, end = line.split()[0].partition("-")
            return int(start, 16), int(end, 16) - int(start, 16)


@app.get("/scribble/{byte}")
async def scribble(byte: int):
    ctypes.memset(find_page()[0], byte, find_page()[1])


@app.get("/shrink")
async def shrink():
    failures = 0
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            if "fapi-metrics" in os.readlink(f"/proc/self/fd/{fd}"):
                os.ftruncate(fd, 0)
        except OSError:
            failures += 1
    return failures
