import pytest


@pytest.fixture
def database():
    raise ConnectionError("no database here")


def test_reads(database):
    pass
