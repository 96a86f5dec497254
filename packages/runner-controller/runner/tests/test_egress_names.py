"""The name server of an app without a network of its own: it knows what was granted, and trusts no question."""

from __future__ import annotations

import random
import struct

import pytest

from fapi_runner.agent.egress.names import answer_question

NAMES = {"db.example": "198.18.0.1", "v6.example": "fd00::7"}
A, AAAA, MX, ANY = 1, 28, 15, 255
OK, UNREADABLE, UNKNOWN, UNSUPPORTED = 0, 1, 3, 4


def ask(name: str, kind: int, flags: int = 0x0100, count: int = 1) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
    return struct.pack("!6H", 7, flags, count, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def read(message: bytes) -> tuple[int, int, bytes]:
    """Return the code of an answer, how many records it has, and what comes after its head."""
    number, flags, _, records, _, _ = struct.unpack_from("!6H", message)
    assert number == 7
    assert flags & 0x8000
    return flags & 0xF, records, message[12:]


@pytest.mark.parametrize("name", ["db.example", "DB.Example", "db.example."])
def test_a_granted_name_has_its_address(name: str) -> None:
    code, records, rest = read(answer_question(ask(name, A), NAMES))
    assert (code, records, rest[-4:]) == (OK, 1, bytes([198, 18, 0, 1]))
    # The question comes back as it was asked.
    assert rest.startswith(ask(name, A)[12:])


def test_a_name_has_an_address_of_one_family() -> None:
    assert read(answer_question(ask("v6.example", AAAA), NAMES))[:2] == (OK, 1)
    assert read(answer_question(ask("v6.example", ANY), NAMES))[:2] == (OK, 1)
    for name, kind in (("db.example", AAAA), ("db.example", MX), ("v6.example", A)):
        assert read(answer_question(ask(name, kind), NAMES))[:2] == (OK, 0)


@pytest.mark.parametrize("name", ["other.example", "example", "x.db.example", "localhost", ""])
def test_any_other_name_is_unknown(name: str) -> None:
    assert read(answer_question(ask(name, A), NAMES))[:2] == (UNKNOWN, 0)


def test_what_is_no_question_is_refused() -> None:
    assert read(answer_question(ask("db.example", A, flags=0x2800), NAMES))[:2] == (UNSUPPORTED, 0)
    assert read(answer_question(ask("db.example", A, flags=0x8100), NAMES))[:2] == (UNREADABLE, 0)
    assert read(answer_question(ask("db.example", A, count=2), NAMES))[:2] == (UNREADABLE, 0)
    # A name that goes on where it began.
    loop = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + b"\xc0\x0c" + struct.pack("!2H", A, 1)
    assert read(answer_question(loop, NAMES))[:2] == (UNREADABLE, 0)


def test_a_message_that_is_cut_or_changed_is_answered_all_the_same() -> None:
    whole = ask("db.example", A)
    for length in range(len(whole)):
        assert len(answer_question(whole[:length], NAMES)) >= 12
    chance = random.Random(5)
    for _ in range(5_000):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        assert len(answer_question(bytes(changed), NAMES)) >= 12
