leaked = []


def attack():
    while True:
        leaked.append(open("/dev/null"))
