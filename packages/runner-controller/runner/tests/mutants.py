"""Python files with small faults, made by a seed: what people leave behind while they type, and worse."""

from __future__ import annotations

import random
import re
import sysconfig
from functools import cache
from pathlib import Path

TOKEN = re.compile(r"\w+|[ \t]+|\n|[^\w\s]")
SOURCE_LIMIT_BYTES = 12_000
WORDS = "if else: elif for in while return yield await async lambda try: except: finally: raise with as import from"
SIGNS = "()() (yield) ( ) [ ] { } : , ; . ... -> := = == != += ** * @ | ~ # ? $ ' \" *args **kwargs"
NAMES = "match type not is and or None True pass break continue del assert print self x"
LITERALS = ["0", "01", "1e", "0x", "1_", "1.", "9" * 30, "1j", "f'{", "f'{x!r}'", "f'{*x}'", '"' * 3, "'\\d'"]
FOREIGN = ["b'\\xff'", "b'\u00e9'", "'\\N{NO SUCH}'", "\u00e9", "\u4e2d", "\u20ac", "\u201c", "\u00a0", "\U0001f600"]
SPACES = ["\n", "\n\n", "\t", "    ", "  ", " ", "\f", "\n    ", "\\", "\\\n"]
PHRASES = ["def f():", "class A:", "global x", "nonlocal x", "case _:", "except* E:", "x = ", "x: int", "f(a=1, 2)"]
PHRASES += ["x is 'a'", "from __future__ import braces", "from __future__ import annotations"]
POOL = [*WORDS.split(), *SIGNS.split(), *NAMES.split(), *LITERALS, *FOREIGN, *SPACES, *PHRASES]


def make_mutant(seed: int) -> str:
    """Return the file of a seed; about a sixth of them stay valid."""
    chance = random.Random(f"mutant {seed}")
    source = chance.choice(list_sources()).read_text()
    # The first two lines stay: a coding cookie would be judged before the syntax is.
    first, second, rest = (source + "\n\n").split("\n", 2)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        rest = chance.choice(CHANGES)(chance, rest)
    return "\n".join((first, second, rest))


@cache
def list_sources() -> list[Path]:
    """Return well-formed files of moderate size: Python's own and the framework's."""
    roots = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    folders = [roots[0], roots[0] / "asyncio", roots[0] / "email", roots[1] / "fastapi", roots[1] / "starlette"]
    paths = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return [path for path in paths if 300 < path.stat().st_size < SOURCE_LIMIT_BYTES and b"\r" not in path.read_bytes()]


def _change_token(chance: random.Random, text: str) -> str:
    places = [match.span() for match in TOKEN.finditer(text)]
    if not places:
        return chance.choice(POOL)
    start, end = chance.choice(places)
    old = text[start:end]
    new = chance.choice(("", old + old, chance.choice(POOL), chance.choice(POOL) + old, old + chance.choice(POOL)))
    return text[:start] + new + text[end:]


def _swap_tokens(chance: random.Random, text: str) -> str:
    tokens = TOKEN.findall(text)
    if len(tokens) > 2:
        one = chance.randrange(len(tokens) - 1)
        other = min(len(tokens) - 1, one + chance.randrange(1, 6))
        tokens[one], tokens[other] = tokens[other], tokens[one]
    return "".join(tokens)


def _change_line(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    line = lines[place]
    lines[place : place + 1] = chance.choice(
        (
            [],
            [line, line],
            ["  " + line],
            [line.lstrip()],
            ["\t" + line],
            [line + chance.choice(POOL)],
            [line.rstrip(":")],
        )
    )
    return "\n".join(lines)


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


CHANGES = (_change_token, _change_token, _change_token, _swap_tokens, _change_line, _cut)
