import os
import tempfile

from target import HOST_FOLDER


def attack():
    names = os.listdir(os.path.dirname(HOST_FOLDER))
    if os.path.basename(HOST_FOLDER) in names:
        return names
    with tempfile.TemporaryFile() as own:
        own.write(b"this must work")
    raise PermissionError("a folder for temporary files of its own")
