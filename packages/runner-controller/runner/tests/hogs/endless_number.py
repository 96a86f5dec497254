def attack():
    # One instruction that holds the interpreter lock for hours.
    return 9**9**9
