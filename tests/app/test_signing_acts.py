"""What is signed, by whom, and what is refused; each attack has its control."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.errors import Refused
from docgen.services.ceremony.enter import visit_by_link
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.secret import link_token
from docgen.services.ceremony.sign import Intent, decline_packet, sign_packet
from integrations.sign.fake import FakeSigner
from tests.app.signing_site import (
    FIRST,
    SECOND,
    Site,
    consent,
    envelope_document,
    identify,
    nothing_signed,
    read,
    ready_to_sign,
    recipients,
    shown,
    sign,
    sign_wholly,
)
from tests.emptied import empty_ledger

if TYPE_CHECKING:
    from docgen.ports.signer import Act
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def test_other_bytes_than_shown_are_not_signed(site: Site) -> None:
    """When a document changes between page and form, nothing is signed and it must be read again."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    before = shown(site, envelope)
    answer = sign(site, browser, envelope, shown_psa="0" * 64)
    assert answer.status_code == 409
    assert nothing_signed(site, envelope)
    assert site.signer(envelope).viewed == ("baa",)
    assert "signer.shown_outdated" in site.history()
    assert sign(site, browser, envelope).status_code == 409, "not before it is read again"
    assert read(site, browser, envelope, "psa").status_code == 302
    assert sign(site, browser, envelope).status_code == 302
    assert shown(site, envelope)["psa"] != before["psa"]


def test_a_document_swapped_under_the_reader_is_not_taken_as_read(site: Site) -> None:
    """What was on the page counts as read, not what lies in store when the form arrives."""
    envelope = site.send()
    browser = identify(site, envelope)
    consent(browser, envelope)
    answer = browser.post(f"/signing/{envelope}/read/psa", {"shown": "f" * 64})
    assert answer.status_code == 409
    assert b"changed since it was shown" in answer.content
    assert site.signer(envelope).viewed == ()
    assert read(site, browser, envelope, "psa").status_code == 302


def test_signing_twice_signs_once(site: Site) -> None:
    """The second press of the button says that the packet is signed, and changes nothing."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    assert sign(site, browser, envelope).status_code == 302
    before = site.state(envelope)
    again = sign(site, browser, envelope)
    assert (again.status_code, again["Location"]) == (302, f"/signing/{envelope}/done")
    assert site.state(envelope) == before


def test_two_presses_at_once_sign_once(site: Site) -> None:
    """While the first press is still signing a second one completes; only one is kept."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    rival = replace(site.office)
    answers: list[int | None] = []

    class Slow(FakeSigner):
        def sign(self, pdf: bytes, act: Act) -> bytes:
            if not answers:
                answers.append(None)
                other = Site(office=rival, mailer=site.mailer, clock=site.clock).client()
                other.cookies = browser.cookies
                answers[0] = sign(site, other, envelope).status_code
            return super().sign(pdf, act)

    site.office = replace(site.office, signer=Slow())
    slow = site.client()
    slow.cookies = browser.cookies
    assert sign(site, slow, envelope)["Location"] == f"/signing/{envelope}/done"
    assert answers == [302]
    assert site.history().count("signer.signed") == 1
    assert all(
        site.office.work.open(digest).count(b'"practice_signatory", "name"') <= 1
        for digest in shown(site, envelope).values()
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Please give your full name"),
        ({"name": " \t "}, "Please give your full name"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"title": ""}, "Please give your title"),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"typed": "x" * 121}, "at most 120 characters"),
        ({"typed": ""}, "Please type or draw your signature"),
        ({"authority": ""}, "confirm that you have authority"),
        ({"authority": "on"}, "confirm that you have authority"),
        ({"name": "Dana\x00Example"}, "cannot be used"),
        ({"name": "Dana\nExample"}, "cannot be used"),
        ({"name": "Dana \u202egnimE"}, "cannot be used"),
        ({"typed": "\u200b\u2060"}, "cannot be used"),
        ({"typed": "123"}, "cannot be used"),
        ({"title": "Dir\u0007ector"}, "cannot be used"),
        ({"drawn": "[[[1,2,3]]]"}, "could not be read"),
        ({"drawn": "[" * 10_000}, "could not be read"),
        ({"drawn": '{"a": 1}'}, "could not be read"),
        ({"drawn": "[[[NaN,1]]]"}, "too large"),
        ({"drawn": "[[[1e400,1]]]"}, "too large"),
        ({"drawn": "[[[-1,1]]]"}, "too large"),
        ({"drawn": str([[[1, 1]] * 5001])}, "too large"),
        ({"drawn": str([[[1, 1]]] * 101)}, "too large"),
    ],
)
def test_an_incomplete_declaration_signs_nothing(
    site: Site, changed: dict[str, str], words: str
) -> None:
    """Each missing, overlong or unprintable part is refused in words, and nothing is signed."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    answer = sign(site, browser, envelope, **changed)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert nothing_signed(site, envelope)
    assert site.signer(envelope).signed_at is None
    assert sign(site, browser, envelope).status_code == 302


def test_missing_consent_and_unread_documents_stop_the_signature(site: Site) -> None:
    """Without consent nothing is read, without reading nothing is signed; the page says what to do."""
    envelope = site.send()
    browser = identify(site, envelope)
    assert sign(site, browser, envelope).status_code == 409
    read(site, browser, envelope, "psa")
    assert site.signer(envelope).viewed == ()
    assert browser.post(f"/signing/{envelope}/consent", {}).status_code == 409
    assert site.signer(envelope).consented_at is None
    consent(browser, envelope)
    read(site, browser, envelope, "psa")
    answer = sign(site, browser, envelope)
    assert answer.status_code == 409
    assert "Please read “Business Associate Agreement”" in answer.content.decode()
    assert nothing_signed(site, envelope)
    read(site, browser, envelope, "baa")
    assert sign(site, browser, envelope).status_code == 302


def test_nobody_acts_out_of_turn(site: Site) -> None:
    """Even past the pages, the services refuse a second signer before the first has signed."""
    envelope = site.send()
    token = link_token(site.office.rules.link_secret, envelope, SECOND, 0)
    visit = visit_by_link(site.office, token)
    intent = Intent(
        name="Robin Sample",
        title="President",
        typed="Robin Sample",
        drawn=None,
        attests_authority=True,
        shown=shown(site, envelope),
        client={},
    )
    for act in (
        lambda: accept_disclosure(site.office, visit),
        lambda: record_reading(site.office, visit, "psa", shown(site, envelope)["psa"]),
        lambda: sign_packet(site.office, visit, intent),
        lambda: decline_packet(site.office, visit, "no"),
    ):
        with pytest.raises(Refused, match="Somebody else signs first"):
            act()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script> Example",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }} {% debug %}",
        "مثال العربية",
        "示例 太郎",
        "O'Brien & Søns “Ex”",
        "\u202eelpmaxE",
    ],
)
def test_hostile_names_are_only_text(site: Site, name: str) -> None:
    """Names from an enrollment appear as written on every page, and never as markup or template."""
    from django.utils.html import escape

    documents = (envelope_document("psa", f"Agreement of {name}"),)
    envelope = site.send(recipients(name, practice=name), documents=documents, practice=name)
    browser = ready_to_sign(site, envelope)
    for page in ("", "/code", "/not-me", "/read/psa", "/sign"):
        text = browser.get(f"/signing/{envelope}{page}").content.decode()
        if page != "/code":
            assert escape(name) in text, page
        assert not re.search(r"<script>|<img|onerror=alert\(1\)>", text)
        assert "49 " not in text
    assert sign(site, browser, envelope).status_code == 302


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.text(max_size=130), title=st.text(max_size=130), typed=st.text(max_size=130))
def test_whatever_is_typed_signs_or_is_refused_in_words(
    office: Office, clock: StandingClock, name: str, title: str, typed: str
) -> None:
    """No text of a person's leads to anything but a signature or a sentence."""
    empty_ledger()
    site = Site.of(office, clock)
    envelope = site.send(documents=(envelope_document("psa", "Agreement"),))
    browser = ready_to_sign(site, envelope)
    answer = sign(site, browser, envelope, name=name, title=title, typed=typed)
    assert answer.status_code in {302, 409}
    assert nothing_signed(site, envelope) is (answer.status_code == 409)
