"""What the attacks aim at; the test says where it is."""

import os

AGENT, ZYGOTE, NEIGHBOUR, TEST = (int(os.environ[name]) for name in ("AGENT", "ZYGOTE", "NEIGHBOUR", "TEST"))
TCP_PORT, UDP_PORT = int(os.environ["TCP_PORT"]), int(os.environ["UDP_PORT"])
STATE, HOST_FOLDER, ABSTRACT = os.environ["STATE"], os.environ["HOST_FOLDER"], os.environ["ABSTRACT"]
SECRET = f"{STATE}/apps/neighbour/secret"
HOST_FILE = f"{HOST_FOLDER}/file"
COMMAND = "echo ran > ran"


def check():
    """Say whether the command ran."""
    if os.path.exists("ran"):
        return "the command ran"
    raise PermissionError("the command did not run")
