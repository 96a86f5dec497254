import contextlib
import os
import socket
import subprocess
import tempfile

from fastapi import FastAPI

app = FastAPI()
own, other = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
own.bind("door")
own.listen()
with contextlib.suppress(OSError):
    other.connect("door")
with contextlib.suppress(OSError):
    subprocess.run(["true"], check=False)
if os.fork() == 0:
    os._exit(0)
os.wait()
tempfile.TemporaryFile("w").close()
