"""Hides secret values in whatever leaves the agent: log lines, failure reports, paths of requests.

It helps against accidents, not against an app that wants to tell its secrets: that one can spell them backwards.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar
from urllib.parse import quote, quote_plus, unquote, urlsplit

from fapi_runner.report import CUT_MARK

VALUE_LIMIT = 4  # shorter values are everywhere: hiding them would hide the log
FRAGMENT_LIMIT = 8
SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|DSN", re.IGNORECASE)
PLAIN_VALUES = frozenset({"true", "false", "none", "null"})
# How pydantic, pytest and reprlib leave out the middle of a long value: both its ends stay in clear.
ELISION = re.compile(r"\.{3}|\u2026")
ELISIONS_LIMIT = 20  # a line is one program's word: it must not cost more than others wait
UPPER_ESCAPE = re.compile("%[0-9A-F]{2}")

# Words of the protocol and names in the project: a secret that is spelled like one of them hides nothing there.
PLAIN_FIELDS = frozenset({"phase", "class", "signal", "file"})

# A value keeps its type. What is ignored below: mypy sees no T in what a branch on the class of a value makes of it.
T = TypeVar("T")


class Masker:
    """Replaces the secret values of one environment, in every spelling that is known, by their names."""

    def __init__(self, environment: dict[str, str], flagged: Iterable[str] | None = None) -> None:
        names = guess_secrets(environment) if flagged is None else flagged
        self._names: dict[str, str] = {}
        for name in names:
            for secret in _list_secrets(environment.get(name, "")):
                for form in _list_forms(secret):
                    self._names.setdefault(form, name)
        # Longest first: of two secrets the one that contains the other.
        self._forms = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, self._forms)))

    def mask(self, text: str) -> str:
        """Return the text without secrets, nor the beginning of one where the text was cut."""
        # `in` is many times faster than the pattern, and most texts have nothing to hide.
        if any(form in text for form in self._forms):
            text = self._pattern.sub(lambda match: f"[masked {self._names[match[0]]}]", text)
        if ELISION.search(text):
            text = self._mask_elided(text)
        return self._mask_end(text) if self._forms and text.endswith(CUT_MARK) else text

    def mask_lines(self, lines: list[str]) -> list[str]:
        """Return the lines without secrets."""
        joined = "\n".join(lines)
        if not ELISION.search(joined) and CUT_MARK not in joined and not any(form in joined for form in self._forms):
            return lines
        return [self.mask(line) for line in lines]

    def mask_all(self, value: T) -> T:
        """Return a copy of a JSON value with every string in it masked."""
        if isinstance(value, str):
            return self.mask(value)  # type: ignore[return-value]
        if isinstance(value, list):
            return [self.mask_all(item) for item in value]  # type: ignore[return-value]
        if isinstance(value, dict):
            return {  # type: ignore[return-value]
                key: item if key in PLAIN_FIELDS else self.mask_all(item) for key, item in value.items()
            }
        return value

    def mask_document(self, value: T) -> T:
        """Return a copy of a JSON value of the user's with every string in it masked, names of fields too."""
        if isinstance(value, dict):
            return {self.mask(key): self.mask_document(item) for key, item in value.items()}  # type: ignore[return-value]
        if isinstance(value, list):
            return [self.mask_document(item) for item in value]  # type: ignore[return-value]
        return self.mask(value) if isinstance(value, str) else value  # type: ignore[return-value]

    def _mask_elided(self, text: str) -> str:
        forms = [
            form for form in self._forms if len(form) > FRAGMENT_LIMIT and (_head(form) in text or _tail(form) in text)
        ]
        if not forms:
            return text
        kept, at = [], 0
        for found in itertools.islice(ELISION.finditer(text), ELISIONS_LIMIT):
            if found.start() < at:
                continue
            before, after = text[at : found.start()], text[found.end() :]
            for form in forms:
                start, end = _find_head(before, form), _find_tail(after, form)
                if start == len(before) and end == 0:
                    continue
                kept += [before[:start], f"[masked {self._names[form]}]"]
                at = found.end() + end
                break
        return "".join(kept) + text[at:]

    def _mask_end(self, text: str) -> str:
        kept = text.removesuffix(CUT_MARK)
        for form in self._forms:
            for length in range(min(len(form) - 1, len(kept)), VALUE_LIMIT - 1, -1):
                if kept.endswith(form[:length]):
                    return f"{kept[:-length]}[masked {self._names[form]}]{CUT_MARK}"
        return text


def _head(form: str) -> str:
    return form[:FRAGMENT_LIMIT]


def _tail(form: str) -> str:
    return form[-FRAGMENT_LIMIT:]


def _find_head(before: str, form: str) -> int:
    """Where a beginning of the form begins that the text ends with; its length when there is none."""
    start = before.rfind(_head(form))
    return start if start >= 0 and form.startswith(before[start:]) else len(before)


def _find_tail(after: str, form: str) -> int:
    """Where an end of the form ends that the text begins with; 0 when there is none."""
    start = after.find(_tail(form), 0, len(form))
    end = start + FRAGMENT_LIMIT
    return end if start >= 0 and form.endswith(after[:end]) else 0


def guess_secrets(environment: dict[str, str]) -> list[str]:
    """Return the names that look like secrets, where nobody said which ones are."""
    return [
        name
        for name, value in environment.items()
        if value.lower() not in PLAIN_VALUES and (SECRET_NAME.search(name) or _find_password(value))
    ]


def _list_secrets(value: str) -> Iterator[str]:
    yield value
    if password := _find_password(value):
        yield password
        yield unquote(password)


def _find_password(value: str) -> str | None:
    with contextlib.suppress(ValueError):
        return urlsplit(value).password
    return None


def _list_forms(secret: str) -> Iterator[str]:
    """The spellings in which a value of at least four characters may turn up."""
    if len(secret) < VALUE_LIMIT:
        return
    yield secret
    # A key of many lines is printed as many lines.
    yield from (line.strip() for line in secret.splitlines() if FRAGMENT_LIMIT <= len(line.strip()) < len(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    for quoted in (
        quote(secret, "", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
    ):
        yield quoted
        yield UPPER_ESCAPE.sub(lambda escape: escape[0].lower(), quoted)
    yield from _list_base64(secret.encode("utf-8", "replace"))


def _list_base64(data: bytes) -> Iterator[str]:
    yield from _both_alphabets(base64.b64encode(data).rstrip(b"="))
    for shift in range(3):
        # In the middle of something longer its characters depend on where it starts; those at its ends are shared.
        encoded = base64.b64encode(bytes(shift) + data).rstrip(b"=")
        whole = encoded[(0, 2, 3)[shift] : len(encoded) if (shift + len(data)) % 3 == 0 else -1]
        if len(whole) >= FRAGMENT_LIMIT:
            yield from _both_alphabets(whole)


def _both_alphabets(encoded: bytes) -> Iterator[str]:
    text = encoded.decode()
    yield text
    yield text.translate({ord("+"): "-", ord("/"): "_"})
