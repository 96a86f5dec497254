"""What an app says of itself and answers is what plain uvicorn would have it say and answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rig import APPS, Rig, read_case

pytestmark = pytest.mark.anyio

PLAIN = "import json, main; print(json.dumps(main.app.openapi()))"


def read_plainly(case: str, folder: Path) -> dict[str, Any]:
    """Return the document of an interpreter that has never heard of us."""
    ended = subprocess.run(
        [sys.executable, "-B", "-c", PLAIN],
        cwd=folder,
        env={"PYTHONPATH": str(APPS / case), "GREETING": "hi", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.mark.parametrize("case", ["fields", "nested", "hello", "packages", "long", "counted", "environment"])
async def test_the_document_is_plain_fastapis(rig: Rig, case: str, tmp_path: Path) -> None:
    await rig.deploy(read_case(case), case, environment={"GREETING": "hi"})
    assert drop_chance((await rig.get("/openapi.json", case)).json()) == drop_chance(read_plainly(case, tmp_path))


def drop_chance(document: dict[str, Any]) -> dict[str, Any]:
    """Drop the ids of operations with several methods: FastAPI makes them of the first one in a set, which is any."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if len(operations) > 1:
                operation.pop("operationId")
    return document


VALIDATED = {
    "/short?text=abc": 422,
    "/long?text=abc": 200,
    "/again/short?text=abc": 422,
    "/again/long?text=abc": 200,
    "/aliased?text=abc": 200,
    "/aliased?t=abc": 422,
    "/limited?number=0": 422,
    "/limited?other=1": 422,
    "/page?limit=60": 200,
    "/page?strict=60": 422,
    "/again/short?limit=101": 422,
}


async def test_fields_that_look_alike_stay_apart(rig: Rig) -> None:
    await rig.deploy(read_case("fields"), "fields")
    async with rig.http("fields") as http:
        assert {path: (await http.get(path)).status_code for path in VALIDATED} == VALIDATED
        answers = {path: (await http.get(path)).text for path in ("/whole", "/true", "/float", "/bare", "/lists")}
        long_name = await http.post("/node", json={"name": "too long"})
        body = {"first": {"name": "a"}, "second": {"name": "b"}, "third": 4, "fourth": 4}
        both = await http.post("/both", json=body)
    assert answers == {"/whole": "1", "/true": "true", "/float": "1", "/bare": "1.0", "/lists": "[[],[1]]"}
    assert long_name.status_code == 422
    assert [error["loc"] for error in both.json()["detail"]] == [["body", "third"]]
