import os
import signal


def attack():
    # Ignored by whoever does not wait for it; the neighbour does, and the test asks it.
    os.kill(-1, signal.SIGURG)
    raise PermissionError("the neighbour knows")
