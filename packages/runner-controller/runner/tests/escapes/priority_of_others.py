import os

from target import AGENT, NEIGHBOUR, ZYGOTE


def attack():
    for change in (
        lambda pid: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda pid: os.sched_setaffinity(pid, {0}),
        lambda pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        lambda pid: os.setpriority(os.PRIO_USER, os.getuid(), 19),
    ):
        for pid in (AGENT, ZYGOTE, NEIGHBOUR):
            try:
                change(pid)
                return pid
            except OSError:
                pass
    raise PermissionError("nobody's")
