import os
import time


def attack():
    # No process alone has too much.
    for _ in range(8):
        if os.fork() == 0:
            hog = bytearray(os.urandom(1 << 20) * 400)
            time.sleep(5)
            os._exit(len(hog) & 1)
    while True:
        _, status = os.wait()
        if status:
            raise MemoryError(f"one was ended: {status}")
