import threading
import time


def attack():
    while True:
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
