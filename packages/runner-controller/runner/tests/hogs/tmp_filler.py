import os
import tempfile


def attack():
    with tempfile.TemporaryFile() as file:
        for _ in range(1 << 14):
            file.write(bytes(1 << 20))
    return os.fstat(file.fileno()).st_size
