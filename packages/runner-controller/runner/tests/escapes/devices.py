import os


def attack():
    for name in ("/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/tty"):
        try:
            return name, os.open(name, os.O_RDWR)
        except OSError:
            pass
    os.mknod("disk", 0o60600, os.makedev(254, 0))
    return "made"
