import os

import pytest

KEY = os.environ["API_KEY"]


def test_says_it():
    os.write(1, f"the key is {KEY}\n".encode())
    assert KEY == "another"


@pytest.mark.parametrize("key", [KEY])
def test_ends(key):
    os._exit(3)
