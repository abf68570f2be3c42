"""A signing site for tests: the real application, letters in memory, a signer without cryptography."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.ceremony import CeremonyPanel
from docgen.ports.esign import EnvelopeDocument, EnvelopeRecipient, EnvelopeRequest
from docgen.ports.typesetter import PanelPlace
from docgen.render.html import reading_view
from docgen.services.ceremony.open import open_envelope
from docgen.services.sweep import run_due
from integrations.mail.fake import FakeMailer
from integrations.sign.fake import FakeSigner
from tests.contracts.sample_agreement import agreement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.ceremony import CeremonySigner
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

FIRST, SECOND = "practice_1", "pso"
PANELS = {FIRST: "practice_signatory", SECOND: "pso_signatory"}
SLUGS = ("psa", "baa")
PAGES = ("", "/code", "/not-me", "/next", "/consent", "/read/psa", "/documents/psa.pdf", "/sign")
MORE_PAGES = ("/decline", "/paper", "/done", "/copies/psa")
CODE = re.compile(r"\b\d{6}\b")
LINK = re.compile(r"https?://\S+/sign/\S+")
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_]+\.[A-Za-z0-9_-]{43}")


def recipients(
    name: str = "Dana Example", *, practice: str = "Example Oncology, PLLC"
) -> tuple[EnvelopeRecipient, ...]:
    """Name the two people who sign, the practice first."""
    return (
        EnvelopeRecipient(
            key=FIRST,
            name=name,
            title="Director",
            organization=practice,
            email="dana@example.org",
            routing_order=1,
        ),
        EnvelopeRecipient(
            key=SECOND,
            name="Robin Sample",
            title="President",
            organization="Example PSO",
            email="robin@example.org",
            routing_order=2,
        ),
    )


def envelope_document(slug: str, title: str, pdf: bytes = b"%PDF-1.7 sample\n") -> EnvelopeDocument:
    """Make a document that both people sign."""
    panels = tuple(
        (
            CeremonyPanel(
                slot=slot,
                recipient=key,
                organization=key,
                capacity="For the party, as its official",
                meaning="I agree to be bound by this Agreement.",
            ),
            PanelPlace(slot=slot, page=1, x=100, y=100, width=220, height=70),
        )
        for key, slot in PANELS.items()
    )
    html = reading_view(agreement(articles=3, clauses=3))
    return EnvelopeDocument(slug=slug, title=title, pdf=pdf, html=html, panels=panels)


@dataclass(kw_only=True)
class Site:
    """One office, its letters, and one clock to move on."""

    office: Office
    mailer: FakeMailer
    clock: StandingClock
    count: int = field(default=0)

    @classmethod
    def of(cls, office: Office, clock: StandingClock) -> Site:
        """Open a site on an empty database."""
        mailer = FakeMailer()
        ready = replace(office, mailer=mailer, signer=FakeSigner())
        return cls(office=ready, mailer=mailer, clock=clock)

    def send(
        self,
        people: tuple[EnvelopeRecipient, ...] = (),
        *,
        documents: tuple[EnvelopeDocument, ...] = (),
        practice: str = "Example Oncology, PLLC",
    ) -> str:
        """Open an envelope and mail its first invitations."""
        self.count += 1
        request = EnvelopeRequest(
            idempotency_key=f"key-{self.count}",
            packet_id=f"pkt_{self.count}",
            title="Participation Agreement and Business Associate Agreement",
            practice=practice,
            documents=documents
            or (
                envelope_document("psa", "Participation Agreement"),
                envelope_document("baa", "Business Associate Agreement"),
            ),
            recipients=people or recipients(practice=practice),
            sent_at=self.clock.now(),
            expires_at=self.clock.now() + timedelta(days=30),
        )
        envelope = open_envelope(self.office, request)
        run_due(self.office)
        return envelope

    def client(self, *, secure: bool = False, csrf: bool = False) -> Client:
        """Give a browser without script, which keeps cookies."""
        from django.test import Client

        return Client(
            enforce_csrf_checks=csrf,
            raise_request_exception=False,
            **{"docgen.office": self.office, "wsgi.url_scheme": "https" if secure else "http"},
        )

    def letter(self, key: str, envelope: str, kind: str = "invite") -> str:
        """Give the newest letter of this kind to this signer."""
        name = f"{kind}.{envelope}.{key}"
        return [item.text for item in self.mailer.sent if item.key.startswith(name)][-1]

    def token(self, envelope: str, key: str = FIRST) -> str:
        """Read the token of this signer's link from the letter."""
        found = LINK.search(self.letter(key, envelope))
        assert found is not None
        return found.group().rpartition("/")[2]

    def code(self, envelope: str, key: str = FIRST) -> str:
        """Read the newest one-time code from the letter."""
        found = CODE.search(self.letter(key, envelope, "code"))
        assert found is not None
        return found.group()

    def signer(self, envelope: str, key: str = FIRST) -> CeremonySigner:
        """Read how far a signer has come."""
        return self.office.ledger.ceremonies.get(envelope).signer(key)

    def history(self, subject: str = "pkt_1") -> list[str]:
        """List the kinds of everything that happened."""
        return [item.kind for item in self.office.ledger.history.of(subject)]

    def state(self, envelope: str) -> tuple[object, ...]:
        """Give everything a page could have changed, for comparing before and after."""
        ledger = self.office.ledger
        return (
            ledger.ceremonies.get(envelope),
            ledger.history.size(),
            [item.key for item in ledger.errands.open()],
            len(self.mailer.sent),
        )


def arrive(site: Site, envelope: str, key: str = FIRST, client: Client | None = None) -> Client:
    """Open the link of the letter, as far as the welcome page."""
    browser = client or site.client()
    answer = browser.get(f"/sign/{site.token(envelope, key)}", follow=True)
    assert answer.status_code == 200
    return browser


def identify(site: Site, envelope: str, key: str = FIRST, client: Client | None = None) -> Client:
    """Open the link and give the code."""
    browser = arrive(site, envelope, key, client)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    answer = browser.post(f"/signing/{envelope}/code", {"code": site.code(envelope, key)})
    assert answer.status_code == 302
    return browser


def shown(site: Site, envelope: str) -> dict[str, str]:
    """Give the digests of the documents as they stand."""
    documents = site.office.ledger.ceremonies.get(envelope).documents
    return {item.slug: item.current_sha256 for item in documents}


def consent(client: Client, envelope: str) -> HttpResponse:
    """Agree to electronic records."""
    return client.post(f"/signing/{envelope}/consent", {"agree": "yes"})


def read(site: Site, client: Client, envelope: str, slug: str) -> HttpResponse:
    """Read one document to its end."""
    form = {"shown": shown(site, envelope)[slug]}
    return client.post(f"/signing/{envelope}/read/{slug}", form)


def signing_form(site: Site, envelope: str, **changed: str) -> Mapping[str, str]:
    """Fill in the signing page."""
    digests = {f"shown_{slug}": digest for slug, digest in shown(site, envelope).items()}
    filled = {"name": "Dana Example", "title": "Director", "typed": "Dana Example"}
    return {**digests, **filled, "authority": "yes", "drawn": "", **changed}


def ready_to_sign(
    site: Site, envelope: str, key: str = FIRST, client: Client | None = None
) -> Client:
    """Come as far as the signing page."""
    browser = identify(site, envelope, key, client)
    consent(browser, envelope)
    for slug in shown(site, envelope):
        read(site, browser, envelope, slug)
    return browser


def sign(site: Site, client: Client, envelope: str, **changed: str) -> HttpResponse:
    """Send the signing page's form."""
    return client.post(f"/signing/{envelope}/sign", signing_form(site, envelope, **changed))


def sign_wholly(site: Site, envelope: str, key: str = FIRST) -> Client:
    """Go through the whole ceremony as one person."""
    browser = ready_to_sign(site, envelope, key)
    assert sign(site, browser, envelope).status_code == 302
    run_due(site.office)
    return browser


def nothing_signed(site: Site, envelope: str) -> bool:
    """Say whether every document still is as it was sent."""
    ceremony = site.office.ledger.ceremonies.get(envelope)
    return all(item.current_sha256 == item.sent_sha256 for item in ceremony.documents)
