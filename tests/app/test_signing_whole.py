"""The whole ceremony, page by page, for two people, to sealed documents; every step in the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.signing import Signal
from docgen.services.ceremony.disclosure import VERSION, disclosure_sha256
from docgen.services.ceremony.sign import AUTHORITY, INTENT
from docgen.services.sweep import run_due
from integrations.system.clock import StandingClock
from tests.app.signing_site import (
    FIRST,
    SECOND,
    SLUGS,
    Site,
    arrive,
    consent,
    envelope_document,
    identify,
    read,
    ready_to_sign,
    shown,
    sign,
    sign_wholly,
)
from tests.contracts.sample_agreement import agreement

if TYPE_CHECKING:
    from docgen.bootstrap.application import Application
    from docgen.services.office import Office

PERSON = [
    "signer.link_opened",
    "signer.code_sent",
    "signer.identified",
    "signer.consented",
    "signer.read",
    "signer.read",
    "signer.signed",
]


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def test_two_people_sign_and_the_documents_are_sealed(site: Site) -> None:
    """Each person walks through every page; then everything is sealed and both get their copies."""
    envelope = site.send()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)
    ceremony = site.office.ledger.ceremonies.get(envelope)
    assert ceremony.ended is Signal.FULLY_EXECUTED
    assert [item.key.split(".")[0] for item in site.mailer.sent][-2:] == ["executed", "executed"]
    for item in ceremony.documents:
        sealed = site.office.work.open(item.current_sha256)
        assert sealed.startswith(site.office.work.open(item.sent_sha256))
        assert sealed.count(b"%fake-signature") == len(("Sent", FIRST, SECOND, "Seal"))


def test_every_step_is_in_the_history_once(site: Site) -> None:
    """The history holds each step in order, nothing twice and nothing else."""
    envelope = site.send()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)
    assert site.history() == [
        "envelope.opened",
        "signer.invited",
        *PERSON,
        "signer.invited",
        *PERSON,
        "envelope.sealed",
        "signer.copy_sent",
        "signer.copy_sent",
    ]


def test_the_history_holds_what_proves_the_signature(site: Site) -> None:
    """Consent names the disclosure by digest; signing names bytes shown, words agreed to and act."""
    envelope = site.send()
    before = shown(site, envelope)
    browser = ready_to_sign(site, envelope)
    sign(site, browser, envelope)
    by_kind = {item.kind: item.details for item in site.office.ledger.history.of("pkt_1")}
    assert by_kind["signer.consented"]["disclosure_sha256"] == disclosure_sha256()
    assert by_kind["signer.consented"]["disclosure_version"] == VERSION
    signed = by_kind["signer.signed"]
    assert signed["shown"] == before
    assert (signed["intent_statement"], signed["authority_statement"]) == (INTENT, AUTHORITY)
    assert signed["mark"] == "typed"
    assert {"slug": "psa", "signed_sha256": shown(site, envelope)["psa"]} in list(
        signed["documents"]  # type: ignore[call-overload]  # details are plain JSON
    )


def test_real_signatures_come_out_of_the_pages(app: Application, office: Office) -> None:
    """With the real signer and a typeset document, the pages end in a sealed PDF."""
    clock = StandingClock(app.office.clock.now())
    site = Site.of(office, clock)
    site.office = replace(site.office, signer=app.office.signer, clock=clock)
    typeset = app.office.typesetter.typeset(agreement(articles=1, clauses=2))
    places = {item.slot: item for item in typeset.panels}
    document = envelope_document("psa", "Participation Agreement", typeset.pdf)
    panels = tuple((panel, places[panel.slot]) for panel, _ in document.panels)
    envelope = site.send(documents=(replace(document, panels=panels),))
    for key in (FIRST, SECOND):
        browser = ready_to_sign(site, envelope, key)
        assert sign(site, browser, envelope).status_code == 302
        run_due(site.office)  # as workers do on PostgreSQL
    ceremony = site.office.ledger.ceremonies.get(envelope)
    assert ceremony.ended is Signal.FULLY_EXECUTED
    sealed = site.office.work.open(ceremony.documents[0].current_sha256)
    assert sealed.count(b"/ByteRange") >= len(("Sent", FIRST, SECOND, "Seal"))
    served = browser.get(f"/signing/{envelope}/documents/psa.pdf")
    assert served.content == sealed


def test_the_first_page_says_what_a_person_asks_first(site: Site) -> None:
    """For whom, what, the fee, who signs next, whom to call, and a way out for the wrong person."""
    page = arrive(site, envelope := site.send()).get(f"/signing/{envelope}").content.decode()
    for words in (
        "Dana Example",
        "Example Oncology, PLLC",
        "Participation Agreement",
        "Business Associate Agreement",
        "None; taking part is free.",
        "Example PSO</bdi> signs",
        "tel:",
        "I am not the person who signs",
    ):
        assert words in page


def test_each_page_leads_to_the_next(site: Site) -> None:
    """A person who always goes on comes to consent, each document, the signature and the end."""
    envelope = site.send()
    browser = identify(site, envelope)

    def where() -> str:
        path: str = browser.get(f"/signing/{envelope}/next").headers["Location"]
        return path.removeprefix(f"/signing/{envelope}/")

    assert where() == "consent"
    consent(browser, envelope)
    for slug in SLUGS:
        assert where() == f"read/{slug}"
        read(site, browser, envelope, slug)
    assert where() == "sign"
    sign(site, browser, envelope)
    assert where() == "done"


def test_a_person_may_come_back_on_another_day(site: Site) -> None:
    """A new session goes on where the last one ended; consent and reading are not asked twice."""
    envelope = site.send()
    browser = identify(site, envelope)
    consent(browser, envelope)
    read(site, browser, envelope, "psa")
    again = identify(site, envelope)
    assert again.get(f"/signing/{envelope}/next").headers["Location"].endswith("/read/baa")


def test_a_signer_comes_back_for_copies(site: Site) -> None:
    """After the end the link gives a code again, and the sealed bytes."""
    envelope = site.send()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)
    browser = identify(site, envelope)
    page = browser.get(f"/signing/{envelope}/done").content.decode()
    assert "Fully executed" in page
    assert "sealed against changes" in page
    pdf = browser.get(f"/signing/{envelope}/documents/psa.pdf?save")
    assert pdf.content.endswith(b"}\n")
    assert b'"Seal"' in pdf.content
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="psa.pdf"'


def test_several_packets_are_signed_side_by_side(site: Site) -> None:
    """Two envelopes in one browser do not mix: each keeps its own link and session."""
    one, two = site.send(), site.send()
    browser = identify(site, one)
    identify(site, two, client=browser)
    consent(browser, one)
    assert site.signer(one).consented_at is not None
    assert site.signer(two).consented_at is None


def test_a_second_person_in_the_same_browser_starts_anew(site: Site) -> None:
    """Opening the next person's link ends the session of the person before."""
    envelope = site.send()
    browser = sign_wholly(site, envelope, FIRST)
    arrive(site, envelope, SECOND, browser)
    assert browser.get(f"/signing/{envelope}/done").status_code == 404
    identify(site, envelope, SECOND, browser)
    assert browser.get(f"/signing/{envelope}/next").headers["Location"].endswith("/consent")
