import os

from target import STATE


def attack():
    if (apps := set(os.listdir(f"{STATE}/apps"))) != {"attack"}:
        return apps
    raise PermissionError("only its own")
