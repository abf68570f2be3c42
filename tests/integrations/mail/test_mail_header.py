"""Recipient and subject come back as they were, however long and in whatever script."""

from __future__ import annotations

from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import InputError
from integrations.mail.message import compose
from tests.contracts.mailer import MAIL

ADDRESS = "wilhelmina.featherstonehaugh@practice.example.org"
LONG = (
    "Клиника Святого Николая Чудотворца и Всех Святых Новомучеников города Москвы",
    "Я" * 80,
    "歐" * 80,
    "歐陽詩涵 " * 15 + "歐陽",
    "محمد عبد الرحمن " * 5 + "محمد",
    "Ångström, Þór & Sons, " * 4 + "Inc.",
    "Please sign: Mo, Sons, Клиника & (PSA) Sons, é Best",
    "Ada Quill, MD, FACS, " * 5 + "PhD",
    'Ada "the \\ Countess" Quill, of the Long and Winding Road to the Sea, MD, FACS, DABR',
    "W" * 120,
    "=?utf-8?q?not_encoded?= " * 5 + "x",
    "=?utf-8?q?short?=",
    "Ada Ada Quill, Quill, <e@x.org> <e@x.org> <e@x.org> <e@x.org> <e@x.org>",
    "Alexandra, elsewhere@example.org, Katherine Montgomery-Richardson of Somewhere, MD",
    "😀" * 40,
)


def written(name: str, subject: str) -> bytes:
    """Write a letter; give its bytes."""
    mail = replace(MAIL, to_name=name, to_address=ADDRESS, subject=subject)
    return compose(mail, "enrollment@example.org").as_bytes()


def read_plainly(raw: bytes) -> tuple[list[tuple[str, str]], str]:
    """Read recipients and subject as RFC 5322 and RFC 2047 have it: unfold, split, decode."""
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    to, subject = (message[name].replace("\r\n", "") for name in ("To", "Subject"))
    people = [
        (str(make_header(decode_header(name))), address) for name, address in getaddresses([to])
    ]
    return people, str(make_header(decode_header(subject)))


@pytest.mark.parametrize("words", LONG)
def test_long_names_and_subjects_come_back(words: str) -> None:
    """To the letter; every line and every encoded word is as short as the rules ask."""
    raw = written(words, words)
    assert read_plainly(raw) == ([(words, ADDRESS)], words)
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 78 or words == "W" * 120
        assert line.partition(b":")[2].strip() or line.startswith(b" ")


@pytest.mark.parametrize("words", LONG)
def test_the_standard_librarys_newer_reader_finds_one_recipient(words: str) -> None:
    """It leaves the blank between encoded words of a name in, which RFC 2047 6.2 has it drop."""
    message = BytesParser(policy=policy.default).parsebytes(written(words, words))
    (one,) = message["To"].addresses
    assert one.addr_spec == ADDRESS
    assert one.display_name.replace(" ", "") == words.replace(" ", "")
    assert message["Subject"] == words


WORDS = st.sampled_from(
    ("Ada", "Quill,", "é", "Клиника", "歐陽", '"q"', "a\\b", "<e@x.org>", "(x)")
)


@given(st.lists(WORDS, min_size=1, max_size=25).map(" ".join))
def test_any_mixture_comes_back(words: str) -> None:
    """Commas, quotation marks, brackets and scripts in any order."""
    assert read_plainly(written(words, words)) == ([(words, ADDRESS)], words)


def test_short_words_stay_readable() -> None:
    """The control: only what the library would fold wrongly is spelled in another way."""
    raw = written("Daniel Okafor, MD", "Please sign: Business Associate Agreement")
    assert f'\r\nTo: "Daniel Okafor, MD" <{ADDRESS}>\r\n'.encode() in raw
    assert b"\r\nSubject: Please sign: Business Associate Agreement\r\n" in raw


@pytest.mark.parametrize("name", ["Ada Quill, MD", "Я" * 80])
def test_a_long_address_is_left_whole(name: str) -> None:
    """However long, it is one word."""
    address = f"{'n' * 64}@{'d' * 60}.{'d' * 60}.example.org"
    mail = replace(MAIL, to_name=name, to_address=address)
    assert read_plainly(compose(mail, "enrollment@example.org").as_bytes())[0] == [(name, address)]


def test_an_address_without_a_name_stands_alone() -> None:
    """Nobody's name is made up, and an address that no server takes unasked is refused."""
    raw = written("", "Your code")
    assert f"To: {ADDRESS}\r\n".encode() in raw
    with pytest.raises(InputError):
        compose(replace(MAIL, to_address="å@example.org"), "enrollment@example.org")
