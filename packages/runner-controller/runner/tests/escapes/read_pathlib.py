from pathlib import Path

from target import SECRET


def attack():
    list(Path(SECRET).parent.iterdir())
    return Path(SECRET).open().read()
