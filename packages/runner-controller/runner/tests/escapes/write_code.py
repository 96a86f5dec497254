import attack as own
from target import STATE


def attack():
    for path in (own.__file__, f"{own.__file__}c", f"{STATE}/revisions/new"):
        try:
            return open(path, "w").write("changed")
        except OSError:
            pass
    raise PermissionError("read-only")
