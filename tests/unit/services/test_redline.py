"""A returned Word file says what it belongs to; a hostile one is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import InputError
from docgen.services import redline, redline_reader
from docgen.services.redline import Belonging, belonging_of, read_redline
from docgen.services.redline_reader import PROPERTIES, Unusable
from tests.unit.services.word_file import (
    RELATIONS_XML,
    belonging_xml,
    body_xml,
    comments_xml,
    deleted,
    inserted,
    property_xml,
    run,
    word_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PACKET = "pkt_0123456789abcdef0123456789"
GOOD = {"packet": PACKET, "document": "psa", "version": "1.0.0", "round": "2"}


def read_belonging(data: bytes) -> Belonging:
    """Read where a file says it belongs."""
    return belonging_of(read_redline(data))


def made(**changes: str) -> bytes:
    """Make a Word file with these properties."""
    return word_file(belonging_xml(**{**GOOD, **changes}))


def test_our_properties_are_read() -> None:
    """The control: packet, document, version and round, whatever else the file holds."""
    expected = Belonging(packet_id=PACKET, slug="psa", version="1.0.0", number=2)
    assert read_belonging(made()) == expected
    assert read_belonging(made(Company="Somebody else’s")) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"packet": "pkt_0123"},
        {"packet": PACKET + "0"},
        {"packet": PACKET.upper()},
        {"document": "../psa"},
        {"document": ""},
        {"version": "1.0.0/../.."},
        {"round": "-1"},
        {"round": "٣"},
        {"round": "99999"},
    ],
)
def test_a_property_not_as_we_wrote_it_is_refused(changes: dict[str, str]) -> None:
    """Nothing that a property says goes anywhere unless it has exactly its form."""
    with pytest.raises(InputError, match="not as we wrote it"):
        read_belonging(made(**changes))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_property_that_is_missing_or_there_twice_is_refused(name: str) -> None:
    """Each of the four stands there once."""
    less = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(InputError, match=f"lacks our property “{name}”"):
        read_belonging(word_file(belonging_xml(**less)))
    twice = belonging_xml(**GOOD).replace(
        b"</Properties>", property_xml(name, GOOD[name]) + b"</Properties>"
    )
    with pytest.raises(InputError, match="not as we wrote it"):
        read_belonging(word_file(twice))


def test_what_is_left_of_the_properties_is_read() -> None:
    """None of them, or some; each still in its proper form."""
    assert read_redline(word_file(None)).claims == {}
    assert read_redline(word_file(belonging_xml(Company="x"))).claims == {}
    assert read_redline(word_file(belonging_xml(round="2"))).claims == {"round": "2"}
    with pytest.raises(InputError, match="not as we wrote it"):
        read_redline(word_file(belonging_xml(round="two")))


def test_changes_are_read_with_and_without_them() -> None:
    """What is tracked is told from what is not; headings say where a paragraph stands."""
    heading = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' + run("Term")
    body = body_xml(
        "Before.",
        heading,
        run("One ") + deleted("year") + inserted("month") + run(" of notice."),
        '<w:r><w:t>Page</w:t><w:tab/><w:t>one</w:t></w:r><mc:AlternateContent xmlns:mc="http://'
        'schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice><w:p>'
        f"{run('Beside.')}</w:p></mc:Choice><mc:Fallback><w:p>{run('Beside.')}</w:p></mc:Fallback>"
        "</mc:AlternateContent>",
    )
    found = read_redline(word_file(None, {"word/comments.xml": comments_xml(("A", "Why?"))}, body))
    assert [" ".join(item.words) for item in found.untracked][2] == "One year of notice."
    assert [" ".join(item.words) for item in found.proposed] == [
        "Before.",
        "Term",
        "One month of notice.",
        "Page one",
        "Beside.",
    ]
    assert [item.where for item in found.proposed][:3] == ["", "Term", "Term"]
    assert [(item.author, item.words) for item in found.comments] == [("A", "Why?")]


def test_the_part_that_word_shows_is_read() -> None:
    """A clean part under the usual name does not hide what the file really shows."""
    elsewhere = RELATIONS_XML.replace(b"word/document.xml", b"/word/document2.xml")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("_rels/.rels", elsewhere)
        archive.writestr("word/document.xml", body_xml("As sent."))
        archive.writestr("word/document2.xml", body_xml("As changed."))
    (shown,) = read_redline(buffer.getvalue()).proposed
    assert shown.words == ("As", "changed.")


def test_a_zip_without_word_text_is_no_word_file() -> None:
    """An archive of something else is refused even where its properties are ours."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(PROPERTIES, belonging_xml(**GOOD))
    with pytest.raises(InputError, match="no Word text"):
        read_redline(buffer.getvalue())


def _bomb() -> bytes:
    return word_file(
        belonging_xml(**GOOD), {"word/media/a.bin": bytes(redline_reader.MOST_UNPACKED + 1)}
    )


def _lying_bomb() -> bytes:
    """Claim in the directory that the great entry is small."""
    data = bytearray(_bomb())
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    name = data.rindex(b"word/media/a.bin")
    assert at < name
    data[name - 46 + 24 : name - 46 + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def _encrypted() -> bytes:
    data = bytearray(made())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _crowd() -> bytes:
    return word_file(
        belonging_xml(**GOOD), {f"x/{number}": b"" for number in range(redline_reader.MOST_ENTRIES)}
    )


def _declaring(before: bytes) -> bytes:
    xml = belonging_xml(**GOOD)
    return word_file(xml.replace(b"<Properties", before + b"<Properties"))


def _entities() -> bytes:
    levels = b"".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">'.encode() for n in range(12)
    )
    xml = belonging_xml(**GOOD).replace(b"psa", b"&e11;")
    return word_file(
        xml.replace(b"<Properties", b"<!DOCTYPE Properties [" + levels + b"]><Properties")
    )


def _two_parts() -> bytes:
    buffer = io.BytesIO(made())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(PROPERTIES, belonging_xml(**{**GOOD, "round": "9"}))
    return buffer.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"The changes are: none.",
    "pdf": lambda: b"%PDF-1.7\n%%EOF",
    "cut short": lambda: made()[:-30],
    "too large": lambda: bytes(redline.MOST_BYTES + 1),
    "a bomb": _bomb,
    "a bomb that lies": _lying_bomb,
    "too many parts": _crowd,
    "encrypted": _encrypted,
    "macros": lambda: word_file(belonging_xml(**GOOD), {"word/vbaProject.bin": b"x"}),
    "properties too long": lambda: word_file(
        belonging_xml(**GOOD, x="y" * (redline_reader.MOST_PROPERTIES_BYTES + 1))
    ),
    "two properties parts": _two_parts,
    "no properties": lambda: word_file(None),
    "no XML": lambda: word_file(b"packet=1"),
    "a document type": lambda: _declaring(b"<!DOCTYPE Properties>"),
    "an outside entity": lambda: _declaring(
        b'<!DOCTYPE Properties [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    ),
    "an entity bomb": _entities,
    "a document type in UTF-16": lambda: word_file(
        belonging_xml(**GOOD)
        .decode()
        .replace("<Properties", "<!DOCTYPE Properties []><Properties")
        .replace("UTF-8", "UTF-16")
        .encode("utf-16")
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    """Whatever it is, it ends in one sentence of ours."""
    with pytest.raises(InputError) as refusal:
        read_belonging(HOSTILE[name]())
    assert str(refusal.value).endswith(".")


def test_utf_16_alone_is_no_offence() -> None:
    """The control of the last attack: Word may write another encoding."""
    xml = belonging_xml(**GOOD).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert read_belonging(word_file(xml)).slug == "psa"


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_garbage_never_gets_further_than_a_sentence(data: bytes) -> None:
    """Random bytes are refused as no Word file."""
    with pytest.raises(Unusable):
        redline_reader.look(data)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@settings(max_examples=100)
def test_a_damaged_file_is_read_right_or_refused(place: int, flip: int) -> None:
    """With any one byte changed it is refused, or reads as it did: no other packet or round."""
    data = bytearray(made())
    data[place % len(data)] ^= flip
    try:
        found = redline_reader.look(bytes(data))
    except Unusable:
        return
    assert found["claims"] in ({}, GOOD)


def test_the_reader_stands_alone() -> None:
    """The child imports nothing of the product, so that it can run by itself."""
    source = Path(str(redline_reader.__file__)).read_text("utf-8")
    assert "docgen" not in source
