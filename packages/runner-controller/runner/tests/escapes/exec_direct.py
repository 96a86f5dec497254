import os

from target import check


def attack():
    for spawn in (
        lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "echo ran > ran"], {}),
        lambda: os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", "echo ran > ran"]),
        lambda: os.popen("echo ran > ran").read(),
    ):
        try:
            spawn()
        except OSError:
            pass
    if (pid := os.fork()) == 0:
        try:
            os.execv("/bin/sh", ["sh", "-c", "echo ran > ran"])
        finally:
            os._exit(1)
    os.waitpid(pid, 0)
    return check()
