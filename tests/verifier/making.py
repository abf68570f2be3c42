"""Make whole evidence bundles for tests: one packet, two documents, two signers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn1crypto import tsp

from docgen.domain.canonical import canonical_json, sha256_hex
from docgen.domain.checkpoint import Checkpoint, next_checkpoint
from docgen.domain.document import SignaturePanel
from docgen.domain.evidence import (
    COLLECTED,
    Anchor,
    Attestation,
    EvidencedDocument,
    Execution,
    ExpectedSignature,
    Statement,
    template_digest,
)
from docgen.domain.history import Activity
from docgen.domain.merkle import Tree, leaf_hash
from docgen.domain.person import Approval, Role
from docgen.domain.plan import (
    SIGNED_HERE,
    Plan,
    PlannedDeparture,
    PlannedDocument,
    PlannedPanel,
    PlannedRecipient,
    Source,
)
from docgen.ports.ledger import StoredCheckpoint
from docgen.ports.log import CheckpointSigner
from docgen.ports.signer import Act, SignatureSlot, Signer
from docgen.ports.timestamper import TimeStamper
from docgen.ports.traffic import Delivery
from docgen.ports.typesetter import PanelPlace
from docgen.services.bundle import (
    BundleParts,
    DocumentFiles,
    LogProof,
    PaperExecution,
    TemplateSource,
    build_bundle,
    collected_details,
    prove,
)
from docgen.services.ceremony.enter import BY_MAIL, BY_VOICE
from tests.verifier.elsewhere import blank_pdf, files_of

if TYPE_CHECKING:
    from collections.abc import Callable

VERIFIER = Path(__file__).parents[2] / "verifier" / "docgen_verify.py"
ORIGIN = "log.example.org/enrollment"
START = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)
SETTINGS = canonical_json({"legal_name": "Example Group, Inc."})
CONSENT = "I agree to electronic records (1.0).\n"
TEMPLATES = {
    "baa": {"clauses.yaml": b"articles: []\n", "manifest.toml": b'slug = "baa"\n'},
    "psa": {"clauses.yaml": b"preamble: []\n", "manifest.toml": b'slug = "psa"\n'},
}
TITLES = {"psa": "Provider Services Agreement", "baa": "Business Associate Agreement"}
PEOPLE = {
    "practice": ("Ada Lindqvist", "Managing Partner", "Lakeside Radiation Oncology, PLLC"),
    "pso": ("Bo Okafor", "Executive Director", "Clarity PSO, LLC"),
}
ATTESTED = "I hold the signed original; the scan shows every page of it."


@dataclass
class SteppingClock:
    """Moves on by some seconds at every reading."""

    moment: datetime = START

    def now(self) -> datetime:
        """Give the next moment."""
        self.moment += timedelta(seconds=3)
        return self.moment


@dataclass(repr=False)
class Ledger:
    """The history of a log in which other packets' activities stand in between."""

    clock: SteppingClock
    packet_id: str
    all: list[Activity] = field(default_factory=list)

    def note(self, kind: str, actor: str, **details: object) -> Activity:
        """Write one activity of the packet, and every third time one of another subject."""
        if len(self.all) % 3 == 0:
            self._add("pkt_other", "packet.sent", "system", {"number": len(self.all)})
        return self._add(self.packet_id, kind, actor, details)

    def _add(self, subject: str, kind: str, actor: str, details: dict[str, object]) -> Activity:
        seq = len(self.all)
        position = 1 + sum(item.subject == subject for item in self.all)
        activity = Activity(
            seq=seq,
            position=position,
            at=self.clock.now(),
            subject=subject,
            kind=kind,
            actor=actor,
            details=details,
            salt=hashlib.sha256(f"salt {seq}".encode()).hexdigest()[:32],
        )
        self.all.append(activity)
        return activity

    @property
    def own(self) -> list[Activity]:
        """Give the packet's activities."""
        return [item for item in self.all if item.subject == self.packet_id]

    @property
    def hashes(self) -> list[bytes]:
        """Give every leaf hash."""
        return [leaf_hash(item.leaf) for item in self.all]


@dataclass(frozen=True)
class Kit:
    """Who signs and stamps; `by_telephone` is the key of a signer whose code is read out."""

    signer: Signer
    log: CheckpointSigner
    clock: SteppingClock
    stamper: TimeStamper | None = None
    by_telephone: str = ""


@dataclass(frozen=True, repr=False)
class Made:
    """One bundle with everything it was made from."""

    parts: BundleParts
    proof: LogProof
    ledger: Ledger
    anchor: bytes
    data: bytes


def make(
    kit: Kit,
    pdfs: dict[str, bytes],
    *,
    packet_id: str = "pkt_01example",
    on_paper: frozenset[str] = frozenset(),
    elsewhere: PlannedDocument | None = None,
    departs: bool = True,
    effective_from: str = "",
) -> Made:
    """Tell one packet's life and bundle its evidence; `pdfs` are the rendered files by slug.

    `elsewhere` is one more document, which does not come from the issuer's template;
    `effective_from` is the day that the parties fixed.
    """
    ledger = Ledger(kit.clock, packet_id)
    ledger.note("enrollment.accepted", "user:coordinator", version=1)
    enrollment = canonical_json({"practice": "Lakeside Radiation Oncology", "version": 1})
    plan = _plan(packet_id, sorted(pdfs), enrollment, departs=departs)
    people = (replace(one, by_telephone=one.key == kit.by_telephone) for one in plan.recipients)
    plan = replace(plan, recipients=tuple(people), effective_from=effective_from)
    if elsewhere is not None:
        departure = PlannedDeparture(code=f"source.{elsewhere.slug}", sentence="It is not ours.")
        plan = replace(
            plan,
            documents=(*plan.documents, elsewhere),
            departures=(*plan.departures, departure),
        )
        if elsewhere.source is Source.COUNTERPARTY_PAPER:
            on_paper |= {elsewhere.slug}
    rendered = tuple(sha256_hex(pdfs[item.slug]) for item in plan.generated)
    ledger.note("packet.generated", "user:coordinator", plan_checksum=plan.checksum)
    approvals = tuple(
        _approve(ledger, plan, capacity, rendered)
        for capacity in ([Role.COORDINATOR, Role.LEGAL_APPROVER] if departs else [Role.COORDINATOR])
    )
    electronic = {slug: pdf for slug, pdf in pdfs.items() if slug not in on_paper}
    sent, signed, expected = _execute(kit, ledger, plan, electronic) if electronic else ({}, {}, {})
    paper = _take_in_paper(ledger, plan, sorted(on_paper)) if on_paper else None
    files = tuple(
        DocumentFiles(
            slug=slug,
            rendered=pdfs[slug],
            sent=sent.get(slug),
            signed=signed.get(slug),
            docx=b"docx of " + slug.encode(),
            html=b"<p>" + slug.encode(),
        )
        for slug in sorted(pdfs)
    )
    files += (files_of(elsewhere),) if elsewhere else ()
    parts = BundleParts(
        statement=Statement(
            packet_id=packet_id,
            kind="contracting",
            service="embedded",
            envelope_id="env_01example",
            effective_date=max("2026-11-23", effective_from),
            time_zone="America/Chicago",
            engine="typst 0.15.2",
            product="0.1.0",
            log_time_stamp=kit.stamper is not None,
            documents=tuple(
                _evidenced(plan, item, expected.get(item.slug, ()), item.slug in on_paper)
                for item in files
            ),
        ),
        plan=plan,
        approvals=approvals,
        enrollment=enrollment,
        documents=files,
        templates=tuple(
            TemplateSource(slug=slug, version="1.0.0", files=TEMPLATES[slug])
            for slug in sorted(pdfs)
        ),
        callbacks=(
            Delivery(
                service="embedded",
                delivery_id="env_01example.sent.envelope",
                headers={"webhook-id": "env_01example.sent.envelope"},
                body=b'{"type":"envelope.sent"}',
                received_at=START,
            ),
        ),
        consents={"1.0": CONSENT.encode()},
        trust=kit.signer.trust(),
        completion_pdf=b"%PDF-1.7 completion",
        completion_html=b"<p>completion",
        verifier=VERIFIER.read_bytes(),
        start_here=b"<p>start here",
        issuer=SETTINGS,
        paper=paper,
    )
    return close(kit, ledger, parts)


def close(kit: Kit, ledger: Ledger, parts: BundleParts) -> Made:
    """Note the collection, close the log over it, and build."""
    ledger.note(COLLECTED, "system", **collected_details(parts))
    proof = prove(ledger.own, Tree.of(ledger.hashes), _checkpoint(kit, ledger), str(kit.log.vkey))
    trust = kit.signer.trust()
    anchor = Anchor(
        name="Clarity PSO",
        signing_roots=tuple(pem.decode() for pem in trust.signing_roots),
        timestamp_roots=tuple(pem.decode() for pem in trust.timestamp_roots),
        log_keys=(str(kit.log.vkey),),
    )
    return Made(parts, proof, ledger, anchor.to_bytes(), build_bundle(parts, proof))


def _checkpoint(kit: Kit, ledger: Ledger) -> StoredCheckpoint:
    old = next_checkpoint(ORIGIN, None, Tree.of(ledger.hashes[:3]))
    new: Checkpoint = next_checkpoint(ORIGIN, old, Tree.of(ledger.hashes))
    note = kit.log.sign(new)
    stamp = kit.stamper.respond(stamp_request(note.encode())) if kit.stamper else b""
    return StoredCheckpoint(
        size=new.size, root=new.root.hex(), note=note, at=kit.clock.now(), time_stamp=stamp
    )


def stamp_request(data: bytes) -> bytes:
    """Write an RFC 3161 request over these bytes."""
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(data).digest(),
            },
            "cert_req": True,
        }
    )
    return bytes(request.dump())


def _plan(packet_id: str, slugs: list[str], enrollment: bytes, *, departs: bool) -> Plan:
    recipients = tuple(
        PlannedRecipient(
            key=key,
            name=name,
            title=title,
            organization=organization,
            email=f"{key}@example.org",
            routing_order=order,
        )
        for order, (key, (name, title, organization)) in enumerate(PEOPLE.items(), start=1)
    )
    departures = (PlannedDeparture(code="terms.special", sentence="A special term was added."),)
    return Plan(
        packet_id=packet_id,
        kind="contracting",
        generation=1,
        enrollment_id="enr_01example",
        enrollment_version=1,
        enrollment_sha256=sha256_hex(enrollment),
        party_id="ent_01example",
        pso_sha256=sha256_hex(SETTINGS),
        engine="typst 0.15.2",
        dated="2026-11-23",
        practice="Lakeside Radiation Oncology",
        documents=tuple(_planned(slug) for slug in slugs),
        recipients=recipients,
        departures=departures if departs else (),
    )


def _planned(slug: str) -> PlannedDocument:
    return PlannedDocument(
        slug=slug,
        title=TITLES[slug],
        source=Source.GENERATED,
        template_version="1.0.0",
        template_digest=template_digest(TEMPLATES[slug]),
        adopted=True,
        reason="",
        panels=tuple(
            PlannedPanel(
                recipient=key,
                panel=SignaturePanel(
                    slot=f"{key}_signature",
                    party=organization,
                    capacity=f"for {organization}",
                    meaning=f"agrees to be bound for {organization}",
                ),
            )
            for key, (_, _, organization) in PEOPLE.items()
        ),
    )


def _approve(ledger: Ledger, plan: Plan, capacity: Role, files: tuple[str, ...]) -> Approval:
    activity = ledger.note(
        "plan.approved",
        f"user:{capacity}",
        capacity=capacity,
        plan_checksum=plan.checksum,
        files=list(files),
        authentication="claimed",
    )
    return Approval(
        packet_id=plan.packet_id,
        plan_checksum=plan.checksum,
        capacity=capacity,
        person=capacity.value,
        authentication="claimed",
        files=files,
        at=activity.at,
    )


def slots() -> list[SignatureSlot]:
    """Give one slot for each person, one above the other on the first page."""
    return [
        SignatureSlot(
            place=PanelPlace(
                slot=f"{key}_signature", page=1, x=72, y=100 + 150 * at, width=300, height=100
            ),
            tooltip=f"Signature of {name}",
        )
        for at, (key, (name, _, _)) in enumerate(PEOPLE.items())
    ]


def _execute(
    kit: Kit, ledger: Ledger, plan: Plan, pdfs: dict[str, bytes]
) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, tuple[ExpectedSignature, ...]]]:
    at = kit.clock.now()
    sent = {slug: kit.signer.certify(pdf, slots(), at=at) for slug, pdf in pdfs.items()}
    ledger.note(
        "envelope.opened",
        "system",
        envelope_id="env_01example",
        documents=[{"slug": slug, "sent_sha256": sha256_hex(pdf)} for slug, pdf in sent.items()],
    )
    current = dict(sent)
    expected: dict[str, tuple[ExpectedSignature, ...]] = dict.fromkeys(sent, ())
    for recipient in plan.recipients:
        current, expected = _sign_all(kit, ledger, recipient, (current, expected))
    at = kit.clock.now()
    sealed = {slug: kit.signer.seal(pdf, at=at) for slug, pdf in current.items()}
    ledger.note(
        "envelope.sealed",
        "system",
        envelope_id="env_01example",
        documents=[{"slug": slug, "sha256": sha256_hex(pdf)} for slug, pdf in sealed.items()],
    )
    return sent, sealed, expected


def _sign_all(
    kit: Kit,
    ledger: Ledger,
    person: PlannedRecipient,
    state: tuple[dict[str, bytes], dict[str, tuple[ExpectedSignature, ...]]],
) -> tuple[dict[str, bytes], dict[str, tuple[ExpectedSignature, ...]]]:
    current, expected = state
    actor, act_id = f"signer:{person.key}", f"act_{person.key}"
    shown = {slug: sha256_hex(pdf) for slug, pdf in current.items()}
    if person.by_telephone:
        ledger.note("signer.code_read_out", "user:coordinator", recipient=person.key)
        ledger.note("signer.identified", actor, method=BY_VOICE)
    else:
        ledger.note("signer.code_sent", "system", recipient=person.key, address=person.email)
        ledger.note("signer.identified", actor, method=BY_MAIL)
    consent = sha256_hex(CONSENT.encode())
    ledger.note("signer.consented", actor, disclosure_version="1.0", disclosure_sha256=consent)
    for slug, digest in shown.items():
        ledger.note("signer.read", actor, document=slug, shown_sha256=digest)
    at = kit.clock.now()
    act = Act(
        slot=f"{person.key}_signature",
        act_id=act_id,
        name=person.name,
        title=person.title,
        organization=person.organization,
        email=person.email,
        meaning=f"agrees to be bound for {person.organization}",
        typed=person.name,
        drawn=None,
        at=at,
    )
    signed = {slug: kit.signer.sign(pdf, act) for slug, pdf in current.items()}
    ledger.note(
        "signer.signed",
        actor,
        act_id=act_id,
        name=person.name,
        title=person.title,
        organization=person.organization,
        email=person.email,
        mark="typed",
        intent_statement="I sign.",
        authority_statement="I may.",
        shown=shown,
        documents=[
            {"slug": slug, "signed_sha256": sha256_hex(pdf)} for slug, pdf in signed.items()
        ],
        claimed_client={},
    )
    one = ExpectedSignature(
        field=act.slot,
        signer=person.key,
        act_id=act_id,
        name=act.name,
        title=act.title,
        organization=act.organization,
        meaning=act.meaning,
        at=at,
    )
    return signed, {slug: (*have, one) for slug, have in expected.items()}


def _take_in_paper(ledger: Ledger, plan: Plan, slugs: list[str]) -> PaperExecution:
    scan = blank_pdf(3)
    said: dict[str, Any] = {
        "scan_sha256": sha256_hex(scan),
        "pages": 3,
        "signed_on": "2026-11-23",
        "received_on": "2026-11-23",
        "original_at": "contracts cabinet",
        "statement": ATTESTED,
    }
    actor = "user:coordinator"
    activity = ledger.note(
        "paper.taken_in", actor, **said, documents=slugs, plan_checksum=plan.checksum
    )
    return PaperExecution(
        scan=scan,
        attestation=Attestation(
            packet_id=ledger.packet_id,
            documents=tuple(slugs),
            attested_by=actor,
            name="Cleo Coordinator",
            at=activity.at,
            **said,
        ),
    )


def _evidenced(
    plan: Plan,
    files: DocumentFiles,
    signatures: tuple[ExpectedSignature, ...],
    on_paper: bool,  # noqa: FBT001  # a table of four facts, not a switch
) -> EvidencedDocument:
    planned = next(item for item in plan.documents if item.slug == files.slug)
    signed_here = Execution.WET_INK if on_paper else Execution.ELECTRONIC
    return EvidencedDocument(
        slug=files.slug,
        title=planned.title,
        source=planned.source.value,
        execution=signed_here if planned.source in SIGNED_HERE else None,
        template_version=planned.template_version,
        template_digest=planned.template_digest,
        rendered_sha256=_digest(files.rendered),
        sent_sha256=_digest(files.sent),
        signed_sha256=_digest(files.signed),
        docx_sha256=_digest(files.docx),
        html_sha256=_digest(files.html),
        pinned_sha256=_digest(files.pinned),
        checklist_sha256=_digest(files.checklist),
        signatures=signatures,
    )


def _digest(data: bytes | None) -> str:
    return sha256_hex(data) if data else ""


def rebuild(made: Made, kit: Kit, **changes: Any) -> Made:
    """Make a dishonest issuer's bundle: other parts, history and log all made anew over them."""
    ledger = Ledger(kit.clock, made.ledger.packet_id, list(made.ledger.all[:-1]))
    return close(kit, ledger, replace(made.parts, **changes))


def retell(made: Made, kit: Kit, tell: Callable[[Activity], Activity], **changes: Any) -> Made:
    """Make a bundle of a life told otherwise from the start, by an issuer who holds the log key."""
    told = [tell(item) for item in made.ledger.all if item.kind != COLLECTED]
    return close(
        kit, Ledger(kit.clock, made.ledger.packet_id, told), replace(made.parts, **changes)
    )
