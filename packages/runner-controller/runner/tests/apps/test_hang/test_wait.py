import time


def wait():
    while True:
        time.sleep(0.01)


def test_first():
    pass


def test_waits():
    wait()
