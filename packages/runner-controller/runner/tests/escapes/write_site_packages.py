import os

import fastapi


def attack():
    return open(os.path.join(os.path.dirname(fastapi.__file__), "new.py"), "w").write("x")
