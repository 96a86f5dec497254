import os
from pathlib import Path

import pytest


def test_answers(client):
    assert client.get("/items/5").json() == {"number": 2}


def test_may_write_where_it_is(tmp_path):
    Path("left.db").write_text("x")
    (tmp_path / "y").write_text("y")
    assert Path("tests/test_items.py").is_file()
    assert os.environ.get("COLOR", "none") in ("none", "red")
    assert not {name for name in os.environ if name.startswith("FAPI")}


@pytest.mark.skip(reason="later")
def test_later():
    raise AssertionError
