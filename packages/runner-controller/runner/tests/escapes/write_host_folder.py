from target import HOST_FOLDER


def attack():
    return open(f"{HOST_FOLDER}/new", "w").write("was here")
