import os

from target import STATE


def attack():
    for path in (f"{STATE}/apps/neighbour", f"{STATE}/agent.sock", f"{STATE}/state.json"):
        try:
            os.chmod(path, 0o400)
        except OSError:
            pass
    raise PermissionError("the test looks at their modes")
