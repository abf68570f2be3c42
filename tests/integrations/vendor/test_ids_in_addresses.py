"""An id becomes a part of an address only in the form the vendor gives its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from docgen.errors import NotFound
from integrations.esign.adobe_sign import client as adobe_sign
from integrations.esign.documenso import client as documenso
from integrations.esign.docuseal import client as docuseal
from integrations.esign.docusign import client as docusign
from integrations.esign.dropbox_sign import client as dropbox_sign
from integrations.vendor.part import address_part
from integrations.vendor.secret import Secrets
from integrations.vendor.session import Answer, ServiceSession, Words

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

ADDRESS, KEY = "https://esign.example.org", Secrets(("s3cret",))
GUID = "93be49ab-1234-4cde-8f01-f752070d71ec"
AGREEMENT = "CBJCHBCAABAAc6LyP4SVuKXP_pNstzIzyripanRdz4IB"
SHA1 = "fa5c8a0b0f492d768749333ad6fcc214c111e967"


@pytest.mark.parametrize(
    ("given", "form"),
    [
        (GUID, docusign.GUID),
        (GUID.upper(), docusign.GUID),
        ("1", docusign.DOCUMENT),
        ("certificate", docusign.DOCUMENT),
        (SHA1, dropbox_sign.DIGITS),
        ("d10338cad145e1cb68afc828", dropbox_sign.DIGITS),
        (AGREEMENT, adobe_sign.ID),
        ("2AAABLblqZhAJeoswpyslef8_toTGT1WgBLk3TlhfJXy*", adobe_sign.ID),
        ("41001", docuseal.ID),
        ("envelope_abcdefghijklmnop", documenso.ID),
        ("AbC-1_z9", documenso.ID),
    ],
)
def test_ids_as_vendors_give_them_are_parts(given: str, form: re.Pattern[str]) -> None:
    """As they stand in the vendors' documents."""
    assert address_part(given, form, "vendor") == given


class _Recording(ServiceSession):
    """Notes what is asked, and answers each question alike."""

    def __init__(self) -> None:
        super().__init__("vendor", Words(code_at=()), lambda: datetime(2026, 11, 23, tzinfo=UTC))
        self.asked: list[str] = []

    def ask(self, method: str, url: str, *_: object, **__: object) -> Answer:
        self.asked.append(url.removeprefix(ADDRESS))
        return Answer(status=200, body=b'{"apiAccessPoint": "https://esign.example.org/"}')


def _adobe(session: ServiceSession, given: str) -> None:
    client = adobe_sign.AdobeSignClient(session, ADDRESS, KEY)
    client.put_participants(AGREEMENT, given, {}, "")


def _docuseal(session: ServiceSession, given: str) -> object:
    return docuseal.DocusealClient(session, ADDRESS, KEY).update_submitter(given, {})


def _documenso_item(session: ServiceSession, given: str) -> object:
    return documenso.DocumensoClient(session, ADDRESS, KEY).signed_item(given)


def _documenso_page(session: ServiceSession, given: str) -> object:
    return documenso.DocumensoClient(session, ADDRESS, KEY).signing_address(given)


def _docusign(session: ServiceSession, given: str) -> object:
    own: Any = None
    client = docusign.DocusignClient(
        session, ADDRESS, own, lambda: datetime(2026, 11, 23, tzinfo=UTC)
    )
    return client.document(GUID, given)


WITHIN = (_adobe, _docuseal, _documenso_item, _documenso_page, _docusign)


@pytest.mark.parametrize("verb", WITHIN)
@pytest.mark.parametrize(
    "given", ["", "..", "1/..", "../../1", "1?x=1", "1#", "1%2f..", "1\\..", "1\n", "１"]
)
def test_parts_of_an_envelope_are_looked_at_too(
    verb: Callable[[ServiceSession, str], object], given: str
) -> None:
    """Participants, submitters, files and pages are named in the vendor's own answers."""
    session = _Recording()
    with pytest.raises(NotFound):
        verb(session, given)
    assert session.asked == []


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        (_adobe, f"/api/rest/v6/agreements/{AGREEMENT}/members/participantSets/1"),
        (_docuseal, "/submitters/1"),
        (_documenso_item, "/api/v2/envelope/item/1/download"),
    ],
)
def test_a_sound_part_is_asked_for(
    verb: Callable[[ServiceSession, str], object], path: str
) -> None:
    """The control."""
    session = _Recording()
    verb(session, "1")
    assert session.asked[-1] == path
