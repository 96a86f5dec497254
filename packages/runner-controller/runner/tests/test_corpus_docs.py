"""Every example of FastAPI's documentation deploys, and its OpenAPI is what a plain interpreter says."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import fastapi
import pytest
from client import Refused
from docs_examples import Example, find_docs, list_examples
from rig import Rig
from verdicts import validate

pytestmark = pytest.mark.anyio
SAMPLE = 25
# What the examples about settings want to find.
ENVIRONMENT = {"ADMIN_EMAIL": "somebody@example.com"}
# Asked of the app itself, over HTTP's own path but without a server.
ORACLE = """
import asyncio, httpx, json, main
app = main.app
url = getattr(app, "openapi_url", None)
async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as http:
        return (await http.get(url)).json()
try:
    document = asyncio.run(ask()) if url else None
except ValueError:  # it answers with something else, a redirect for one
    url = None
if not url:
    document = app.openapi() if hasattr(app, "openapi") else None
print("\\n" + json.dumps({"url": url, "document": document}))
"""


async def test_a_sample_of_what_runs_at_home_runs_here_with_the_same_openapi(
    rig: Rig, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    chosen = random.Random(seed).sample(fetch_examples(), SAMPLE)
    compared = await compare_all(rig, chosen, capsys, f"a sample with FAPI_SEED={seed}")
    assert compared > SAMPLE / 2, seed


@pytest.mark.slow
async def test_every_example_that_runs_at_home_runs_here_with_the_same_openapi(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = fetch_examples()
    assert await compare_all(rig, examples, capsys, "all") > len(examples) * 0.9


async def compare_all(rig: Rig, chosen: list[Example], capsys: pytest.CaptureFixture[str], which: str) -> int:
    """Return how many a plain interpreter runs."""
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    homes = await asyncio.gather(*(run_at_home(example, turns) for example in chosen))
    left_out: list[str] = []
    wrong: list[str] = []
    for example, home in zip(chosen, homes, strict=True):
        if isinstance(home, str):
            left_out.append(f"{example.name}: {home}")
        elif problem := await compare(rig, example, home):
            wrong.append(f"{example.name}: {problem}")
    with capsys.disabled():
        title = f"\nexamples of the documentation: {len(chosen)}, {which}, left out: {len(left_out)}"
        print(title, *left_out, sep="\n  ")  # noqa: T201
    assert wrong == [], which
    return len(chosen) - len(left_out)


def fetch_examples() -> list[Example]:
    try:
        docs = find_docs()
    except (OSError, subprocess.SubprocessError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"FastAPI's source distribution could not be had: {error}")
    assert docs.parent.name == f"fastapi-{fastapi.__version__}", "pin the examples of the FastAPI that is installed"
    return list_examples()


async def run_at_home(example: Example, turns: asyncio.Semaphore) -> dict[str, Any] | str:
    """Return the app's document, or why a plain interpreter has none."""
    async with turns:
        with tempfile.TemporaryDirectory() as folder:
            for name, data in example.files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data if isinstance(data, bytes) else data.encode())
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", ORACLE),
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": folder, **ENVIRONMENT},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            output, errors = await asyncio.wait_for(process.communicate(), 60)
    if process.returncode:
        return errors.decode().strip().splitlines()[-1]
    found: dict[str, Any] = json.loads(output.decode().strip().splitlines()[-1])
    return found


async def compare(rig: Rig, example: Example, home: dict[str, Any]) -> str | None:
    """Return what is not as at home."""
    errors = [finding for finding in await validate(rig, example.files) if finding["severity"] == "error"]
    if errors:
        return f"validate: {errors[0]['code']} {errors[0]['file']} {errors[0]['message']}"
    try:
        prepared = await rig.prepare(example.files, "example", environment=ENVIRONMENT)
        await rig.client.call("activate", **prepared["key"])
    except Refused as refused:
        return str(refused)
    if home["url"] is not None:
        answer = await rig.get(home["url"], "example")
        return None if answer.json() == home["document"] else f"{home['url']} differs: {answer.status_code}"
    if home["document"] is None:
        return None
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    items = home["document"].get("paths", {}).items()
    expected = {(method.upper(), path) for path, item in items for method in item if method in methods}
    routes = {(route["method"], route["path"]) for route in prepared["routes"]}
    return None if routes == expected else f"its routes are {routes}, at home {expected}"
