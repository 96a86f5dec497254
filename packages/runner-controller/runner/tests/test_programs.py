"""Programs as people write them: each deploys without a complaint and answers as under plain uvicorn."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from rig import Rig, until
from test_drafts import draft
from verdicts import validate

pytestmark = pytest.mark.anyio

# What differs from answer to answer, or says which server this is.
APART = {"date", "etag", "last-modified", "server", "x-fapi-revision"}


FOLDER = Path(__file__).parent / "programs"


class Ask:
    """One request; a text alone asks for that path."""

    def __init__(self, method: str, path: str, **options: Any) -> None:
        self.method, self.path, self.options = method, path, options


# Program to what it is asked, beside its OpenAPI document.
PROGRAMS: dict[str, list[Ask | str]] = {
    "custom_route": [
        Ask(
            "POST",
            "/sum",
            content=gzip.compress(b"[1,2]", mtime=0),
            headers={"content-encoding": "gzip", "content-type": "application/json"},
        ),
        Ask("POST", "/sum2/3", json=[1]),
    ],
    "dependencies": ["/ok?q=2", "/bad", "/log", "/nc"],
    "endpoint_kinds": [
        "/partial?a=1",
        "/lam",
        "/call?z=1",
        "/meth?q=q",
        "/deco?n=4",
        "/view/x?lim=0",
        "/loop/b",
        "/ag",
        "/any?z=yes",
        "/res",
    ],
    "errors": [
        "/u/a",
        "/z",
        "/h",
        "/any",
        Ask("POST", "/b", json={"a": "x"}),
        Ask("POST", "/b", content=b"{bad"),
        "/resp",
        "/group",
        "/nf",
        Ask("PATCH", "/z"),
    ],
    "layout_backend": ["/"],
    "layout_factory": ["/ping", "/docs", "/redoc"],
    "layout_namespace": ["/"],
    "layout_src": ["/"],
    "middleware": [
        "/big",
        Ask("GET", "/big", headers={"origin": "https://x.c"}),
        Ask(
            "OPTIONS",
            "/big",
            headers={
                "origin": "https://a.b",
                "access-control-request-method": "PUT",
                "access-control-request-headers": "x-q",
            },
        ),
        Ask("GET", "/big", headers={"host": "evil.com"}),
        "/stop",
        "/err",
        Ask("GET", "/big", headers={"accept-encoding": "identity"}),
    ],
    "models_across_files": [Ask("POST", "/u", json={"name": "n", "posts": [{"title": "x"}]})],
    "models_many": [
        Ask("POST", "/page", json={"items": [{"kind": "cat"}], "total": 1}),
        Ask("POST", "/pet", json={"p": {"kind": "puppy"}}),
        Ask("POST", "/pet", json={"p": {"kind": "x"}}),
        Ask("POST", "/rect", json={"width": 2, "h": 3}),
        Ask("POST", "/dc", json={"a": 1}),
        Ask("POST", "/pdc", json={"x": "2020-01-01", "y": 5}),
        Ask("POST", "/td", json={"k": "a"}),
        Ask("POST", "/nt", json=[1]),
        Ask("POST", "/tree", json={"v": 1, "kids": [{"v": 2}]}),
        Ask("POST", "/tags", json=["b", "a"]),
        Ask(
            "POST",
            "/all",
            json={
                "id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
                "e": "a@b.co",
                "u": "http://x",
                "s": "q",
                "d": "1.50",
                "t": "10:00",
                "ip": "1.2.3.4",
                "p": "/a",
                "up": "abc",
                "c": "r",
                "j": "[1]",
            },
        ),
        Ask("POST", "/dyn", json={}),
        "/q/1/r?ll=1&ll=2&s=abc&lit=y",
        "/q/1/z?s=zzzz",
        "/none",
        "/ex",
    ],
    "models_odd": [
        Ask("POST", "/u", json={"k": "a", "someDate": "2021-02-03"}),
        Ask("POST", "/u", json={"k": "c"}),
        Ask("POST", "/u", json={"k": "b", "parent": {"k": "b"}}),
        Ask("POST", "/td", json={"x": {"a": 1}, "y": {"k": [1, 0]}}),
        Ask("POST", "/j", json=[1, {"a": None}]),
        "/q/3/zz?when=2020-01-01T00:00:00Z&s=low&st=1&st=1&tp=3&tp=4",
        "/filt?limit=0",
        "/filt?zz=1",
        "/nan",
        "/inh",
    ],
    "mount_wsgi": ["/x", "/w/abc", Ask("POST", "/w/d", content=b"hello")],
    "mounts": ["/a", "/sub/b", "/sub/inner/c", "/sub/openapi.json", "/sub/inner/openapi.json", "/sub/docs", "/sub"],
    "names_of_the_world": ["/größe/日本?ß=4", "/π", "/gr%C3%B6%C3%9Fe/x"],
    "openapi_custom": [
        "/v1/openapi.json",
        "/docs",
        "/rd",
        Ask("POST", "/inv/", json={"id": "1"}),
        Ask("POST", "/inv", json={"id": "1"}),
    ],
    "plugins_by_listing": ["/a"],
    "root_path": ["/app", "/api/v1/app", "/docs", "/api/v1/openapi.json"],
    "star_imports": [Ask("POST", "/", json={"x": 1})],
    "startup_changes_routes": ["/late", "/x"],
    "startup_changes_title": ["/x"],
    "threads": ["/", "/tt"],
    "wrapped": ["/", "/io/x"],
}


@pytest.fixture(scope="module")
async def homes(anyio_backend: str) -> dict[str, asyncio.Task[list[object]]]:
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    return {name: asyncio.create_task(answer_at_home(name, turns)) for name in PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_answers_as_at_home(rig: Rig, homes: dict[str, asyncio.Task[list[object]]], name: str) -> None:
    files = read_program(name)
    assert [found for found in await validate(rig, files) if found["severity"] == "error"] == []
    told = await draft(rig, files, name)
    assert (told["prepared"], told["sideEffects"]) == (True, [])
    prepared = await rig.prepare(files, name)
    assert prepared["adopted"] is True
    await rig.client.call("activate", **prepared["key"])
    assert await ask_all(rig.socket(name), name) == await homes[name]
    await rig.client.call("remove", appId=name, generation=next(rig.generations))


def read_program(name: str) -> dict[str, str | bytes]:
    paths = [path for path in (FOLDER / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(FOLDER / name).as_posix(): path.read_bytes() for path in sorted(paths)}


async def answer_at_home(name: str, turns: asyncio.Semaphore) -> list[object]:
    """Return the answers of uvicorn itself, in a folder where the program was just unpacked."""
    async with turns:
        with tempfile.TemporaryDirectory(prefix="fapi-") as home:
            project, socket = Path(home, "project"), Path(home, "socket")
            for file, data in read_program(name).items():
                path = project / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data if isinstance(data, bytes) else data.encode())
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "uvicorn", "main:app", "--uds", str(socket), "--log-level", "critical"),
                cwd=project,
                env={"PATH": os.environ["PATH"], "HOME": home, "PYTHONDONTWRITEBYTECODE": "1"},
                stderr=subprocess.DEVNULL,
            )
            try:
                await until(socket.exists, timeout=30)
                return await ask_all(str(socket), name)
            finally:
                process.terminate()
                await asyncio.wait_for(process.wait(), 10)


async def ask_all(socket: str, name: str) -> list[object]:
    """Return status, headers and body of every answer."""
    answers = []
    for each in (*PROGRAMS[name], "/openapi.json"):
        ask = each if isinstance(each, Ask) else Ask("GET", each)
        # Each on a connection of its own: plain uvicorn closes one without a word after an exception.
        transport = httpx.AsyncHTTPTransport(uds=socket)
        async with httpx.AsyncClient(transport=transport, base_url="http://app.localhost", timeout=10) as http:
            answer = await http.request(ask.method, ask.path, **ask.options)
        heads = sorted(item for item in answer.headers.multi_items() if item[0].lower() not in APART)
        answers.append((ask.path, answer.status_code, heads, answer.text))
    return answers
