import subprocess


def attack():
    return subprocess.check_output(["id"])
