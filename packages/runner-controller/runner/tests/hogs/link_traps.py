import os

from target import STATE


def attack():
    # Where the agent will write its links at the next deploy, and what it walks through when it counts and deletes.
    for name in ("traps", ".fapi-link-data.txt", ".tmp", "__pycache__"):
        if not os.path.lexists(name):
            os.symlink(f"{STATE}/apps/neighbour", name)
    os.mkdir("closed")
    open("closed/inside", "w").close()
    os.chmod("closed", 0)
    raise PermissionError("laid")
