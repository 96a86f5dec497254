import sys


def test_floods():
    sys.stdout = sys.__stdout__
    for number in range(200_000):
        print("x" * 60, number)
    raise AssertionError("y" * 100_000)
