"""On a preview host a portal may show the app in a frame, and our script comes first in its pages.

Everything else of an answer is the app's own: its other headers, what is no page, what is compressed, every stream.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fapi_runner.child.preview_script import PATH

# The gateway alone writes fields x-fapi-*, and this one at the end of the head.
MARK = b"x-fapi-preview"
ANYBODY = b"*"
NAVIGATIONS = (b"iframe", b"frame", b"document")
# How far into a page its head is looked for.
LOOK_BYTES = 16 * 1024
# A nonce goes into our tag as it is.
NONCE = re.compile(rb"'nonce-([A-Za-z0-9+/_=-]+)'")
SPACE = rb"(?:\s|<!--.*?-->)*"
ATTRIBUTES = rb"""(?:[\s/](?:[^>"']|"[^"]*"|'[^']*')*)?>"""
START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?" + SPACE + rb"((?:<!doctype[^>]*>)?" + SPACE
    + rb"(?:<html" + ATTRIBUTES + rb")?" + SPACE + rb"(?:<head" + ATTRIBUTES + rb")?)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
Headers = list[tuple[bytes, bytes]]


def find_framers(scope: Scope) -> bytes | None:
    """Return which origins may frame the answer, as the gateway wrote them; None on the app's own host."""
    headers = scope["headers"]
    return headers[-1][1] if headers and headers[-1][0] == MARK else None


async def answer_previewed(app: ASGIApp, scope: Scope, receive: Receive, send: Send, framers: bytes) -> None:
    """Let the app answer, as it is shown in a frame."""
    destination = next((value for name, value in scope["headers"] if name == b"sec-fetch-dest"), None)
    if scope["method"] == "HEAD" or destination not in (None, *NAVIGATIONS):
        # A part of a page that is fetched must not get a script of its own.
        return await app(scope, receive, Answer(send, framers, may_inject=False, is_page=False))
    # A page that comes compressed could not be given its script.
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    answer = Answer(send, framers, may_inject=True, is_page=destination is not None)
    return await app({**scope, "headers": headers}, receive, answer)


class Answer:
    """One answer on its way out. The head of a page waits for its first bytes; nothing else waits for anything."""

    def __init__(self, send: Send, framers: bytes, *, may_inject: bool, is_page: bool) -> None:
        self.send = send
        self.framers = framers
        self.may_inject = may_inject
        # Whether the browser has said that it will be one; it does so only where it trusts the connection.
        self.is_page = is_page
        self._held: Message | None = None
        self._tag = b""

    async def __call__(self, message: Message) -> None:
        """Pass a message of the app on."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            tag = make_tag(headers) if self.may_inject and is_whole_page(message["status"], headers) else None
            message = {**message, "headers": let_frame(headers, self.framers)}
            if tag is not None:
                self._held, self._tag = message, tag
                return
        elif self._held is not None:
            if message["type"] == "http.response.body" and not message.get("body") and message.get("more_body"):
                return
            held, self._held = self._held, None
            if message["type"] == "http.response.body":
                held, message = self._inject(held, message)
            await self.send(held)
        await self.send(message)

    def _inject(self, start: Message, first: Message) -> tuple[Message, Message]:
        body = bytes(first.get("body", b""))
        found = START.match(body, 0, LOOK_BYTES)
        if found is None or not body or not (self.is_page or found[1]):
            return start, first
        grown = len(self._tag)
        headers = [
            (name, b"%d" % (int(value) + grown) if name.lower() == b"content-length" else value)
            for name, value in start["headers"]
        ]
        body = body[: found.end()] + self._tag + body[found.end() :]
        return {**start, "headers": headers}, {**first, "body": body}


def is_whole_page(status: int, headers: Headers) -> bool:
    """Whether an answer is HTML that we can read and whose length is known, so that it is no stream."""
    fields = {name.lower(): value for name, value in headers}
    kind = fields.get(b"content-type", b"").lower()
    return (
        status not in (204, 206, 304)
        and kind.startswith(b"text/html")
        and not re.search(rb"charset\s*=\s*[\"']?utf-?(?:7|16|32)", kind)
        and fields.get(b"content-encoding", b"identity").strip().lower() == b"identity"
        and fields.get(b"content-length", b"").isdigit()
    )


def let_frame(headers: Headers, framers: bytes) -> Headers:
    """Return the headers with our word on who may frame this in place of the app's."""
    kept: Headers = []
    for name, value in headers:
        lower = name.lower()
        if lower == b"x-frame-options":
            continue
        if lower == b"content-security-policy":
            policies = [b";".join(_without_ancestors(policy)) for policy in value.split(b",")]
            value = b",".join(policy for policy in policies if policy.strip())
            if not value:
                continue
        kept.append((name, value))
    if framers != ANYBODY:
        # Its own frames within the one of the portal are as welcome as ever.
        kept.append((b"content-security-policy", b"frame-ancestors 'self' " + framers))
    return kept


def _without_ancestors(policy: bytes) -> Iterable[bytes]:
    return (part for part in policy.split(b";") if part.split()[:1] and part.split()[0].lower() != b"frame-ancestors")


def make_tag(headers: Headers) -> bytes | None:
    """Return the element that loads our script, None where the app's policies would not let it."""
    nonce = b""
    for name, value in headers:
        if name.lower() != b"content-security-policy":
            continue
        for policy in value.split(b","):
            sources = _find_script_sources(policy)
            own = next((match[1] for source in sources or () if (match := NONCE.fullmatch(source))), None)
            if own is not None and nonce in (b"", own):
                nonce = own
            elif sources is not None and not _lets_own_host(sources):
                return None
    # Not async: it would miss how the page's own scripts fail while they load.
    return b'<script src="%s"%s></script>' % (PATH.encode(), b' nonce="%s"' % nonce if nonce else b"")


def _find_script_sources(policy: bytes) -> list[bytes] | None:
    """Return what a policy says of script elements, None when it says nothing."""
    directives: dict[bytes, list[bytes]] = {}
    for directive in policy.split(b";"):
        words = directive.split()
        if words:
            directives.setdefault(words[0].lower(), words[1:])
    names = (b"script-src-elem", b"script-src", b"default-src")
    return next((directives[name] for name in names if name in directives), None)


def _lets_own_host(sources: list[bytes]) -> bool:
    lower = [source.lower() for source in sources]
    return (b"'self'" in lower or b"*" in lower) and b"'strict-dynamic'" not in lower
