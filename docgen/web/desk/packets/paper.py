"""Signed on paper, and no longer in effect: what a named person attests or records of a packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.packet import WITH_SIGNERS, Step, allowed
from docgen.domain.person import Role
from docgen.errors import DocgenError, InputError, Refused
from docgen.outcome import outcome_of
from docgen.services.fetch import fetch_scan
from docgen.services.given import LONGEST_LINE, LONGEST_REASON
from docgen.services.paper import Scan, intake_scan
from docgen.services.retention import retention_of
from docgen.services.scan import MOST_BYTES
from docgen.services.terminate import terminate
from docgen.web.account.activities import ways
from docgen.web.account.visitor import acting_person
from docgen.web.desk.incoming import PDF, bytes_of, handed_over, incoming, look_into
from docgen.web.desk.packets.record import head
from docgen.web.desk.parts import Fact
from docgen.web.desk.wording import day_words
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from docgen.db.models import Account
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

_CAUGHT = (InputError, Refused)
_MOST_PAGES = 1_000
VOID_FIRST = (
    "This packet is out for electronic signature. Void it first, so that nobody signs what is on "
    "paper already; then take in the paper."
)


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Give the day as year-month-day, such as 2026-11-20."},
    )


class ScanForm(Form):
    """The scan, what it shows, and what the person who holds the paper says about it."""

    file = incoming("Scan", ".pdf", "One PDF with every page of the signed paper.", MOST_BYTES)
    documents = forms.MultipleChoiceField(
        label="Documents it shows",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the documents that the scan shows."},
    )
    pages = forms.IntegerField(
        label="Pages",
        min_value=1,
        max_value=_MOST_PAGES,
        help_text="As you counted them on the paper, not in the file.",
    )
    signed_on = _day("Last handwritten date", "The latest date beside a signature.")
    received_on = _day("Day of arrival", "The day the paper reached you.")
    original_at = forms.CharField(
        label="Where the paper is kept",
        max_length=LONGEST_LINE,
        help_text="Such as: contracts cabinet, folder 12.",
    )
    attests = forms.BooleanField(
        label="I attest, by my name, that the scan shows the whole paper, that it was signed by "
        "hand, and that dates and place are as I wrote them.",
        error_messages={"required": "Without your word the scan proves nothing; tick the box."},
    )

    def __init__(self, packet: Packet, *given: Any) -> None:
        super().__init__(*given)
        signed = packet.plan.to_sign
        field = cast("forms.MultipleChoiceField", self.fields["documents"])
        field.choices = [(item.slug, item.title) for item in signed]
        only = packet.plan.by_hand if packet.state in WITH_SIGNERS else signed
        self.initial["documents"] = [item.slug for item in only]

    def scan(self, data: bytes) -> Scan:
        """Give what was filled in, around the scan's bytes."""
        given = self.cleaned_data
        return Scan(
            data=data,
            pages=given["pages"],
            signed_on=given["signed_on"],
            received_on=given["received_on"],
            original_at=given["original_at"],
            documents=tuple(given["documents"]),
        )


class EndForm(Form):
    """The last day in effect, and why."""

    last_day = _day("Last day in effect", "Today or earlier; the retention period runs from it.")
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stays in the history.",
    )
    field_order = ("last_day", "reason")
    prefix = "end"


@require_safe
def paper(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show what is on paper, when the packet ended, and what can be recorded now."""
    return _page(request, office_of(request).ledger.packets.get(packet_id))


def _page(
    request: HttpRequest,
    packet: Packet,
    scan: ScanForm | None = None,
    end: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    office, person = office_of(request), acting_person(request)
    coordinates = Role.COORDINATOR in person.roles
    names = {item.key: item.name for item in office.ledger.people.list()}
    context = head(packet, "packet-paper") | {
        "packet": packet,
        "facts": _paper_facts(packet, names),
        "ended": _end_facts(office, packet),
        "scan_form": scan or (ScanForm(packet) if coordinates and _takes_paper(packet) else None),
        "end_form": end
        or (EndForm() if coordinates and allowed(packet.state, Step.TERMINATE) else None),
        "voiding": VOID_FIRST if packet.state in WITH_SIGNERS else "",
    }
    return render(request, "docgen/desk/packets/paper.html", context, status=status)


def _takes_paper(packet: Packet) -> bool:
    """Say whether paper of this packet can come in now."""
    if not packet.plan.to_sign or packet.paper is not None:
        return False
    steps = (Step.EXECUTE_ON_PAPER, Step.TAKE_IN_PART)
    return any(allowed(packet.state, step) for step in steps)


def _paper_facts(packet: Packet, names: dict[str, str]) -> list[Fact]:
    original = packet.paper
    if original is None:
        return []
    titles = [item.title for item in packet.plan.documents if item.slug in packet.on_paper]
    return [
        Fact(term="Documents", words="; ".join(titles)),
        Fact(term="Last handwritten date", words=day_words(original.signed_on)),
        Fact(term="Arrived", words=day_words(original.received_on)),
        Fact(term="Paper kept at", words=original.original_at),
        Fact(term="Attested by", words=names.get(original.attested_by, original.attested_by)),
        Fact(term="Attested", at=original.at),
        Fact(term="Statement", words=original.statement),
        Fact(
            term="Scan",
            words=f"{original.pages} page{'' if original.pages == 1 else 's'} (PDF)",
            url=reverse("desk:packet-scan", args=[packet.id]),
        ),
    ]


def _end_facts(office: Office, packet: Packet) -> list[Fact]:
    if packet.terminated_on is None:
        return []
    until: date | None = retention_of(office, packet).retain_until
    told = office.ledger.history.of(packet.id)
    reasons = [item.details["reason"] for item in told if item.kind == "packet.terminated"]
    return [
        Fact(term="Last day in effect", words=day_words(packet.terminated_on)),
        Fact(term="Reason", words=str(reasons[-1]) if reasons else ""),
        Fact(term="Kept until", words=day_words(until) or "an end that is not fixed yet"),
    ]


@require_POST
def take_in(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Take in a scan, with the person's word for it."""
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    form = ScanForm(packet, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, packet, scan=form, status=422)
    scan = form.scan(bytes_of(form.cleaned_data["file"]))
    how = ", ".join(ways(request, cast("Account", request.user)))

    def act() -> str:
        _refuse_in_envelope(office.ledger.packets.locked(packet_id), scan)
        intake_scan(office, packet_id, scan, person, how)
        messages.success(request, "Taken in. The scan is kept exactly as it came.")
        return reverse("desk:packet-paper", args=[packet_id])

    try:
        look_into(scan.data, "scan", person)
        return once(request, act)
    except _CAUGHT as refusal:
        return _again(request, packet, form, refusal)


def _refuse_in_envelope(packet: Packet, scan: Scan) -> None:
    """Check that no envelope would have to be voided here, while a transaction is held.

    Raises:
        Refused: one would.
    """
    whole = {item.slug for item in packet.plan.to_sign} <= set(scan.documents)
    if whole and packet.state in WITH_SIGNERS:
        raise Refused(VOID_FIRST)


def _again(
    request: HttpRequest, packet: Packet, form: ScanForm | EndForm, refusal: DocgenError
) -> HttpResponse:
    """Show the page again with what was typed and why it was refused."""
    form.add_error(None, str(refusal))
    status = outcome_of(refusal).status
    if isinstance(form, ScanForm):
        return _page(request, packet, scan=form, status=status)
    return _page(request, packet, end=form, status=status)


@require_POST
def end(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Record the last day on which the packet was in effect."""
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, packet, end=form, status=422)
    given = form.cleaned_data

    def act() -> str:
        terminate(office, packet_id, given["last_day"], given["reason"], person)
        messages.success(request, "Recorded. Nothing is deleted; the retention period runs.")
        return reverse("desk:packet-paper", args=[packet_id])

    try:
        return once(request, act)
    except _CAUGHT as refusal:
        return _again(request, packet, form, refusal)


@require_safe
def scan_file(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Hand over the scan exactly as it came."""
    person, is_whole = acting_person(request), request.method != "HEAD"
    data = fetch_scan(office_of(request), packet_id, person, noted=is_whole)
    return handed_over(data, PDF, f"{packet_id}-scan.pdf")
