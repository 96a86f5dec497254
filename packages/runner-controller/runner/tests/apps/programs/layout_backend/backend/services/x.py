def s():
    return "s"
