"""What a preview host adds to the answers of an app, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from rig import Rig, read_case

pytestmark = pytest.mark.anyio
TAG = '<script src="/.fapi/preview.js"></script>'
PAGE = (
    "<!doctype html>\n<html lang='a>b'><!-- why --><HEAD class=x>{}<meta charset='utf-8'></HEAD><body>hi</body></html>"
)
NAVIGATION = {"sec-fetch-dest": "iframe"}


async def look(rig: Rig, path: str, framers: str = "*", method: str = "GET", **fields: str) -> httpx.Response:
    """Ask as the gateway does for a preview host: its line comes last."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    async with rig.http("pages") as http:
        return await http.request(method, path, headers={**named, "x-fapi-preview": framers})


@pytest.fixture
async def pages(rig: Rig) -> Rig:
    # Longer than a server sends in one part.
    long = f"<html><head></head>{'<p>long</p>' * 12_000}</html>"
    await rig.deploy({**read_case("pages"), "static/index.html": long.encode()}, "pages")
    return rig


@pytest.mark.parametrize("fields", [{}, {"sec_fetch_dest": "iframe"}, {"sec_fetch_dest": "document"}])
async def test_a_page_begins_with_the_script_and_is_as_long_as_it_says(pages: Rig, fields: dict[str, str]) -> None:
    answer = await look(pages, "/page", **fields)
    assert answer.text == PAGE.format(TAG)
    assert answer.headers["content-length"] == str(len(answer.content))


async def test_a_file_that_is_sent_in_parts_gets_it_once(pages: Rig) -> None:
    plain = await pages.get("/static/", "pages")
    answer = await look(pages, "/static/", sec_fetch_dest="iframe")
    assert len(plain.content) > 65536
    assert answer.text == plain.text.replace("<head>", f"<head>{TAG}")


async def test_what_is_fetched_for_a_page_is_left_alone(pages: Rig) -> None:
    assert (await look(pages, "/bare")).text == "<li>one</li>"
    assert (await look(pages, "/bare", sec_fetch_dest="empty")).text == "<li>one</li>"
    assert (await look(pages, "/page", sec_fetch_dest="empty")).text == PAGE.format("")
    # The browser says that this is a page, however little of one it is.
    assert (await look(pages, "/bare", sec_fetch_dest="iframe")).text == f"{TAG}<li>one</li>"


@pytest.mark.parametrize("path", ["/stream", "/wide", "/zipped", "/json"])
async def test_streams_and_what_we_cannot_read_are_passed_on_as_they_are(pages: Rig, path: str) -> None:
    answer = await look(pages, path, sec_fetch_dest="iframe")
    assert answer.content == (await pages.get(path, "pages")).content
    assert answer.status_code == 200


async def test_parts_of_a_file_and_heads_are_left_alone(pages: Rig) -> None:
    part = await look(pages, "/static/index.html", range="bytes=0-9", sec_fetch_dest="iframe")
    assert (part.status_code, part.text) == (206, "<html><hea")
    head = await look(pages, "/static/index.html", method="HEAD", sec_fetch_dest="iframe")
    assert (head.status_code, head.text) == (200, "")


async def test_a_page_is_asked_for_uncompressed_and_nothing_else_is(pages: Rig) -> None:
    assert "None</html>" in (await look(pages, "/accepts", accept_encoding="gzip", sec_fetch_dest="iframe")).text
    assert "gzip</html>" in (await look(pages, "/accepts", accept_encoding="gzip", sec_fetch_dest="empty")).text


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("script-src 'self'", TAG),
        ("default-src 'none'; script-src 'SELF' https://cdn.example", TAG),
        ("img-src 'none'", TAG),
        ("default-src 'self'; script-src 'nonce-r4nd0m' 'strict-dynamic'", TAG.replace(">", ' nonce="r4nd0m">', 1)),
        ("script-src 'self', script-src-elem 'nonce-r4nd0m'", TAG.replace(">", ' nonce="r4nd0m">', 1)),
        ("script-src 'nonce-a', script-src 'nonce-b'", ""),
        ("default-src 'none'", ""),
        ("script-src 'sha256-abc='", ""),
        ("script-src 'self' 'strict-dynamic'", ""),
        ("default-src 'self'; script-src-elem https://cdn.example", ""),
    ],
)
async def test_the_policy_of_a_page_holds_for_the_script_too(pages: Rig, given: str, tag: str) -> None:
    async with pages.http("pages") as http:
        headers = {**NAVIGATION, "x-fapi-preview": "*"}
        answer = await http.get("/policy", params={"given": given}, headers=headers)
    assert answer.text == PAGE.format(tag)
    assert answer.headers["content-security-policy"] == given


async def test_the_app_may_be_framed_there_and_nothing_else_of_its_policy_changes(pages: Rig) -> None:
    answer = await look(pages, "/json")
    assert not {"x-frame-options", "content-security-policy"} & set(answer.headers)
    given = "default-src 'self'; Frame-Ancestors 'none' ; img-src *, frame-ancestors 'self'"
    headers: dict[str, Any] = {"x-fapi-preview": "https://a.example https://b.example"}
    async with pages.http("pages") as http:
        answer = await http.get("/policy", params={"given": given}, headers=headers)
    policies = answer.headers.get_list("content-security-policy")
    assert "default-src 'self'" in policies[0]
    assert "ncestors" not in policies[0]
    assert policies[1] == "frame-ancestors 'self' https://a.example https://b.example"
    assert "x-frame-options" not in answer.headers


async def test_on_its_own_host_an_app_answers_as_it_likes(pages: Rig) -> None:
    async with pages.http("pages") as http:
        answer = await http.get("/page", headers=NAVIGATION)
        assert answer.text == PAGE.format("")
        answer = await http.get("/json")
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
        assert (await http.get("/.fapi/preview.js")).status_code == 404


async def test_the_script_talks_to_listed_origins_alone(pages: Rig) -> None:
    answer = await look(pages, "/.fapi/preview.js", "https://a.example https://b.example")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert 'const listed = ["https://a.example", "https://b.example"];' in answer.text
    assert 'const listed = ["*"];' in (await look(pages, "/.fapi/preview.js")).text
