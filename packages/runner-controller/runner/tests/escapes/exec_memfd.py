import os


def attack():
    # A program that is in no file: only the call itself can be refused.
    fd = os.memfd_create("program", 0)
    with open("/bin/true", "rb") as program:
        os.write(fd, program.read())
    if (pid := os.fork()) == 0:
        try:
            os.execve(fd, ["true"], {})
        finally:
            os._exit(1)
    if os.waitpid(pid, 0)[1] == 0:
        return "the program ran"
    raise PermissionError("it did not run")
