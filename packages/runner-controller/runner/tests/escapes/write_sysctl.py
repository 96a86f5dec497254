def attack():
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"):
        try:
            return open(path, "w").write("")
        except OSError:
            pass
    raise PermissionError("none")
