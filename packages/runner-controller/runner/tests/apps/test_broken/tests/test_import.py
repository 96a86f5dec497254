from main import create


def test_never():
    pass
