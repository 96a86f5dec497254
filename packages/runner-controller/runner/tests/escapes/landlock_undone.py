import ctypes
import os
import threading

from target import HOST_FILE


def attack():
    # The layers hold threads and forks as well, whoever starts them.
    got = []

    def read():
        try:
            got.append(open(HOST_FILE).read())
        except OSError:
            pass

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    if got:
        return got
    pid = os.fork()
    if pid == 0:
        read()
        os._exit(len(got))
    if os.waitpid(pid, 0)[1]:
        return "in a fork"
    raise PermissionError("both contained")
