"""One packet in the archive: its story in order, every proof and its result, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.disposal import disposal_of
from docgen.domain.verification import HEADLINES, VERIFIED
from docgen.errors import NotFound
from docgen.services.anchor import anchor_of
from docgen.services.disclose import DISCLOSED
from docgen.services.disposed import disposed_words
from docgen.services.export import EXPORTED
from docgen.services.fetch import (
    FETCHED,
    OPENED,
    PDF,
    ZIP,
    fetch,
    kept_file,
    kept_files,
    open_record,
)
from docgen.services.hold import hold_of
from docgen.services.proofs import proofs_of
from docgen.services.reassign import signers_now
from docgen.services.verification_report import verification_report
from docgen.services.verify import ARCHIVE_VERIFIED, NO_BUNDLE, verify_packet
from docgen.web.account.visitor import acting_person
from docgen.web.desk.activity import moments_of
from docgen.web.desk.archive.listing import hold_badge
from docgen.web.desk.parts import Badge, Cell, Column, Crumb, Fact, Moment, Row, Table, Tone
from docgen.web.desk.wording import day_words, kind_words
from docgen.web.signing.ceremony import PDF_POLICY
from docgen.web.site import office_of
from docgen.web.viewing import Viewing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.verification import Verification
    from docgen.ports.register import PacketLine
    from docgen.services.office import Office
    from docgen.services.proofs import Proof

LOOKS = frozenset({OPENED, FETCHED, ARCHIVE_VERIFIED, EXPORTED, DISCLOSED})
LATEST_LOOKS = 50
CODE_TONES = {0: Tone.GOOD, 1: Tone.BAD, 2: Tone.BAD, 3: Tone.WAIT, 4: Tone.GOOD, 5: Tone.WAIT}
_CHECK_TONES = {"ok": Tone.GOOD, "failed": Tone.BAD, "not checked": Tone.WAIT}
_CHECK_WORDS = {"ok": "holds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened to a packet, oldest first, and who looked at it, newest first."""

    told: Sequence[Moment]
    looks: Sequence[Moment]
    more_looks: int


@require_safe
def record(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show one packet of the archive; opening it is an activity, a HEAD request is none."""
    office, person = office_of(request), acting_person(request)
    if request.method == "HEAD":
        office.ledger.packets.get(packet_id)
        return HttpResponse()
    packet = open_record(office, packet_id, person)
    line = office.register.packet(packet_id)
    history = office.ledger.history.of(packet_id)
    people = {item.key: item.name for item in office.ledger.people.list()}
    hold, disposal = hold_of(history), disposal_of(history)
    gone = disposed_words(office, disposal)
    context: dict[str, object] = {
        "title": packet.plan.practice,
        "lead": kind_words(packet.plan.kind)
        + (", of which the record is kept." if gone else ", as it lies in the archive."),
        "badge": Badge.of(packet.state),
        "crumbs": [Crumb(words="Archive", url=reverse("desk:archive"))],
        "packet": packet,
        "line": line,
        "hold": hold,
        "held_by": people.get(hold.placed_by, hold.placed_by) if hold else "",
        "hold_badge": hold_badge(on_hold=hold is not None),
        "gone": gone,
        "disposal": disposal,
        "proposed_by": people.get(disposal.proposed_by, disposal.proposed_by) if disposal else "",
        "no_bundle": "" if packet.bundle_sha256 or gone else NO_BUNDLE,
        "facts": _facts(packet, line),
        "files": _files(office, packet, history, gone=bool(gone)),
        "proofs": _proofs(office, packet, history),
        "story": _story(office, packet, history, people),
    }
    return render(request, "docgen/desk/archive/record.html", context)


def _facts(packet: Packet, line: PacketLine) -> list[Fact]:
    kept = day_words(line.retain_until) or "no date while it is on its way or in effect"
    return [
        Fact(term="Effective date", words=day_words(line.effective_on) or "none"),
        Fact(term="Last day in effect", words=day_words(line.ended_on) or "none recorded"),
        Fact(term="Must be kept until", words=kept),
        Fact(
            term="Enrollment",
            words=f"version {packet.plan.enrollment_version}",
            url=reverse("desk:enrollment", args=[packet.plan.enrollment_id]),
        ),
        Fact(term="Packet", words=packet.id, url=reverse("desk:packet", args=[packet.id])),
        Fact(term="Approved plan (SHA-256)", words=packet.plan.checksum),
    ]


def _files(office: Office, packet: Packet, history: Sequence[Activity], *, gone: bool) -> Table:
    """List what can be fetched; whether it lies in the archive is looked up, not assumed."""
    disposed = Badge(words="disposed of", tone=Tone.QUIET)
    rows = []
    for item in kept_files(packet, history):
        receipt = None if gone else office.archive.stat(item.sha256)
        there = Badge(words="in the archive", tone=Tone.GOOD)
        missing = Badge(words="missing", tone=Tone.BAD)
        route = "desk:archive-read" if item.media == PDF else "desk:archive-file"
        place = reverse(route, args=[packet.id, item.sha256])
        rows.append(
            Row(
                cells=(
                    Cell(words=item.what, url=place if receipt else "", below=item.name),
                    Cell(badge=disposed if gone else there if receipt else missing),
                    Cell(words=_size(receipt.size) if receipt else "–"),
                    Cell(words=item.sha256),
                )
            )
        )
    columns = (
        Column(words="File"),
        Column(words="Standing"),
        Column(words="Size", is_number=True),
        Column(words="SHA-256"),
    )
    return Table(caption="Files", columns=columns, rows=rows)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{-(-size // 1000)} kB"  # noqa: PLR2004  # a megabyte


def _proofs(office: Office, packet: Packet, history: Sequence[Activity]) -> Table:
    """Say of each proof what it rests on and how it stands; the verifier checks them anew."""
    rows = [
        Row(cells=(Cell(words=item.words), Cell(badge=_proof_badge(item)), Cell(words=item.basis)))
        for item in proofs_of(office, packet, history)
    ]
    columns = (Column(words="Proof"), Column(words="Result"), Column(words="What it rests on"))
    return Table(caption="Proofs", columns=columns, rows=rows)


def _proof_badge(proof: Proof) -> Badge:
    if proof.code is not None:
        return Badge(words=VERIFIED[proof.code], tone=CODE_TONES[proof.code])
    if proof.holds:
        return Badge(words="on record", tone=Tone.GOOD)
    return Badge(words="nothing on record", tone=Tone.WAIT)


def _story(
    office: Office, packet: Packet, history: Sequence[Activity], people: Mapping[str, str]
) -> Story:
    signers = {key: name for key, (name, _) in signers_now(office, packet).items()}
    acts = [item for item in history if item.kind not in LOOKS]
    looks = [item for item in history if item.kind in LOOKS]
    told = reversed(moments_of(acts, people, signers))
    return Story(
        told=[
            replace(moment, more="; ".join(filter(None, (moment.more, f"log entry {item.seq}"))))
            for moment, item in zip(told, acts, strict=True)
        ],
        looks=moments_of(looks[-LATEST_LOOKS:], people, signers),
        more_looks=max(0, len(looks) - LATEST_LOOKS),
    )


@require_safe
def read(request: HttpRequest, packet_id: str, sha256: str) -> HttpResponse:
    """Show an archived PDF's pages; that it was fetched is noted when its bytes are."""
    found, packet = kept_file(office_of(request), packet_id, sha256, acting_person(request))
    if found.media != PDF:
        raise NotFound("This file has no pages to show; fetch it from the packet's page.")
    context = {
        "title": found.what,
        "lead": f"{packet.plan.practice}, as it lies in the archive.",
        "crumbs": [
            Crumb(words="Archive", url=reverse("desk:archive")),
            Crumb(words=packet.plan.practice, url=reverse("desk:archive-record", args=[packet_id])),
        ],
        "viewing": Viewing(
            title=found.what,
            address=reverse("desk:archive-file", args=[packet_id, sha256]),
            sha256=sha256,
        ),
    }
    return render(request, "docgen/desk/archive/read.html", context)


@require_safe
def file(request: HttpRequest, packet_id: str, sha256: str) -> HttpResponse:
    """Hand over one archived file."""
    head = request.method == "HEAD"
    found, data = fetch(
        office_of(request), packet_id, sha256, acting_person(request), noted=not head
    )
    response = HttpResponse(data, content_type=found.media)
    how = "inline" if found.media != ZIP and "save" not in request.GET else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{found.name}"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


@require_POST
def verify(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Verify a packet's bundle now, and show every check, or give the report as a file."""
    office = office_of(request)
    found = verify_packet(office, packet_id, acting_person(request))
    if "report" in request.POST:
        return _report(office, packet_id, found)
    practice = office.ledger.packets.get(packet_id).plan.practice
    context = {
        "title": "Result of the verification",
        "crumbs": [
            Crumb(words="Archive", url=reverse("desk:archive")),
            Crumb(words=practice, url=reverse("desk:archive-record", args=[packet_id])),
        ],
        "found": found,
        "packet_id": packet_id,
        "badge": Badge(words=HEADLINES[found.code], tone=CODE_TONES[found.code]),
        "lead": f"{found.words.capitalize()}.",
        "table": _checks(found),
    }
    return render(request, "docgen/desk/archive/verified.html", context)


def _report(office: Office, packet_id: str, found: Verification) -> HttpResponse:
    pdf = verification_report(
        office.printer, found, anchor=anchor_of(office), at=office.clock.now()
    )
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"{packet_id}.verification.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _checks(found: Verification) -> Table:
    rows = [
        Row(
            cells=(
                Cell(words=item.sentence, below=item.id),
                Cell(
                    badge=Badge(
                        words=_CHECK_WORDS.get(item.result, item.result),
                        tone=_CHECK_TONES.get(item.result, Tone.QUIET),
                    )
                ),
                Cell(words=item.detail or "–"),
            )
        )
        for item in found.checks
    ]
    columns = (Column(words="Check"), Column(words="Result"), Column(words="What was found"))
    return Table(caption="Checks", columns=columns, rows=rows)
