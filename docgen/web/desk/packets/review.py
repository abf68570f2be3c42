"""Review and negotiation of a packet: who was sent which drafts, what came back, what is agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from docgen.domain.batch import Act
from docgen.domain.packet import Step, allowed
from docgen.domain.person import Role
from docgen.errors import InputError, Refused
from docgen.outcome import outcome_of
from docgen.services.batch import begin
from docgen.services.disposed import open_working
from docgen.services.given import LONGEST_LINE
from docgen.services.redline import MOST_BYTES
from docgen.services.review import Placed, agree, last_round, take_back, unanswered
from docgen.services.rounds import contacts_of, sendings
from docgen.web.account.visitor import acting_person
from docgen.web.desk.incoming import PDF, WORD, bytes_of, handed_over, incoming, look_into_word
from docgen.web.desk.packets.record import head, stale_reasons
from docgen.web.desk.parts import Cell, Column, Row, Table
from docgen.web.form import Form
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from docgen.domain.review import Round

_BY_ITSELF = ("", "the file says it itself")
_COLUMNS = ("Document", "Proposes", "Came back", "From", "Taken in by", "Size")


class ReturnedForm(Form):
    """A returned Word file, whom it came from, and where it belongs if it no longer says so."""

    file = incoming(
        "Returned file", ".docx", "The Word file (.docx) with the changes in it.", MOST_BYTES
    )
    sender = forms.CharField(
        label="Who sent it back",
        max_length=LONGEST_LINE,
        help_text="The name of the person. It stays in the history.",
    )
    place = forms.ChoiceField(
        label="Where it belongs",
        required=False,
        help_text="Choose by hand only if its properties were taken out.",
    )

    def __init__(self, packet: Packet, *given: Any) -> None:
        super().__init__(*given)
        titles = _titles(packet)
        self.fields["place"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            _BY_ITSELF,
            *(
                (f"{item.number}/{copy.slug}", f"round {item.number}: {titles[copy.slug]}")
                for item in reversed(packet.rounds)
                for copy in item.copies
            ),
        ]

    def placed(self) -> Placed | None:
        """Give where a person says that the file belongs; None when the file says it."""
        number, _, slug = str(self.cleaned_data["place"]).partition("/")
        return Placed(slug=slug, number=int(number)) if slug else None


class AnswerForm(Form):
    """How the proposals that came back were settled."""

    answer = forms.CharField(
        label="How the proposals were settled",
        max_length=LONGEST_LINE,
        help_text="For example: withdrawn by the practice’s counsel by telephone.",
    )


@require_safe
def review(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Show the rounds, and what can be done now."""
    return _page(request, office_of(request).ledger.packets.get(packet_id))


def _page(
    request: HttpRequest,
    packet: Packet,
    form: ReturnedForm | None = None,
    answer: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    office, person = office_of(request), acting_person(request)
    coordinates = Role.COORDINATOR in person.roles
    names = {item.key: item.name for item in office.ledger.people.list()}
    contacts = contacts_of(office, packet)
    told = office.ledger.history.of(packet.id)
    agreed = next((item for item in reversed(told) if item.kind == "terms.agreed"), None)
    can_return = coordinates and allowed(packet.state, Step.RETURN) and bool(packet.rounds)
    context = head(packet, "packet-review") | {
        "packet": packet,
        "stale": stale_reasons(office, packet),
        "contacts": sorted(contacts.values()),
        "can_release": coordinates and allowed(packet.state, Step.RELEASE),
        "can_agree": coordinates and allowed(packet.state, Step.AGREE),
        "answer": answer or AnswerForm(),
        "unanswered": unanswered(packet),
        "next_round": last_round(office, packet) + 1,
        "earlier": packet.supersedes,
        "agreed": agreed,
        "agreed_by": _actor(agreed, names),
        "form": form or (ReturnedForm(packet) if can_return else None),
        "rounds": [_round(packet, item, names, contacts, told) for item in reversed(packet.rounds)],
    }
    return render(request, "docgen/desk/packets/review.html", context, status=status)


def _actor(activity: Activity | None, names: Mapping[str, str]) -> str:
    key = activity.actor.partition(":")[2] if activity else ""
    return names.get(key, key)


def _titles(packet: Packet) -> dict[str, str]:
    return {item.slug: item.title for item in packet.plan.documents}


def _round(
    packet: Packet,
    item: Round,
    names: Mapping[str, str],
    contacts: Mapping[str, tuple[str, str]],
    told: Sequence[Activity],
) -> dict[str, object]:
    """Give one round as the page shows it."""
    titles = _titles(packet)
    return {
        "number": item.number,
        "by": names.get(item.released_by, item.released_by),
        "at": item.released_at,
        "sent": sendings(told, item.number, contacts),
        "drafts": [
            {"title": titles[copy.slug], "urls": _urls(packet, item.number, copy.slug)}
            for copy in item.copies
        ],
        "returned": Table(
            caption=f"What came back in round {item.number}",
            columns=tuple(Column(words=words) for words in _COLUMNS),
            rows=[
                Row(
                    cells=(
                        Cell(
                            words=titles[file.slug],
                            url=reverse("desk:packet-returned", args=[packet.id, file.sha256]),
                        ),
                        Cell(
                            words=_proposed(file.proposals),
                            url=reverse("desk:packet-proposals", args=[packet.id, file.sha256]),
                        ),
                        Cell(at=file.at),
                        Cell(words=file.sender),
                        Cell(words=names.get(file.taken_in_by, file.taken_in_by)),
                        Cell(words=f"{max(1, file.size // 1024):,} KB"),
                    )
                )
                for file in reversed(item.returned)
            ],
        ),
    }


def _proposed(count: int | None) -> str:
    if count is None:
        return "see what"
    return f"{count} {'proposal' if count == 1 else 'proposals'}" if count else "nothing"


def _urls(packet: Packet, number: int, slug: str) -> list[tuple[str, str]]:
    return [
        (words, reverse("desk:packet-draft", args=[packet.id, number, slug, form]))
        for words, form in (("PDF", "pdf"), ("Word", "docx"))
    ]


@require_POST
def release(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Have the drafts made and mailed; the batch page says how it goes."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)

    def act() -> str:
        packet.step(Step.RELEASE)
        batch = begin(office, Act.RELEASE, [packet_id], acting_person(request))
        return reverse("desk:batch", args=[batch.id])

    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:packet-review", packet_id=packet_id)


@require_POST
def take_in(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Take a returned file into its round."""
    office, person = office_of(request), acting_person(request)
    packet = office.ledger.packets.get(packet_id)
    form = ReturnedForm(packet, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, packet, form, status=422)
    data, given = bytes_of(form.cleaned_data["file"]), form.cleaned_data

    def act() -> str:
        before = office.ledger.packets.get(packet_id)
        taken = take_back(office, packet_id, data, given["sender"], person, form.placed())
        if taken.rounds == before.rounds:
            messages.info(request, "This very file was taken in before; nothing changed.")
        else:
            messages.success(request, "Taken in. It is kept exactly as it came.")
        return reverse("desk:packet-review", args=[packet_id])

    try:
        look_into_word(data, person)
        return once(request, act)
    except (InputError, Refused) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, packet, form, status=outcome_of(refusal).status)


@require_POST
def agree_terms(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Record that both sides agree on the terms."""
    office, person = office_of(request), acting_person(request)
    form = AnswerForm(request.POST)
    form.is_valid()

    def act() -> str:
        agree(office, packet_id, person, str(form.cleaned_data.get("answer", "")))
        messages.success(request, "Terms agreed. The plan can be approved now.")
        return reverse("desk:packet", args=[packet_id])

    try:
        return once(request, act)
    except (InputError, Refused) as refusal:
        packet = office.ledger.packets.get(packet_id)
        if not unanswered(packet):
            messages.error(request, str(refusal))
            return redirect("desk:packet-review", packet_id=packet_id)
        form.add_error("answer", str(refusal))
        return _page(request, packet, answer=form, status=outcome_of(refusal).status)


@require_safe
def draft(request: HttpRequest, packet_id: str, number: int, slug: str, form: str) -> HttpResponse:
    """Hand over one draft of one round as it was mailed."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    found = next((item.copy(slug) for item in packet.rounds if item.number == number), None)
    if found is None or form not in {"pdf", "docx"}:
        raise Http404
    digest, kind = (found.pdf_sha256, PDF) if form == "pdf" else (found.docx_sha256, WORD)
    data = open_working(office, packet_id, digest)
    return handed_over(data, kind, f"{slug}-draft-round-{number}.{form}")


@require_safe
def returned(request: HttpRequest, packet_id: str, digest: str) -> HttpResponse:
    """Hand over one returned file exactly as it came."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    for item in packet.rounds:
        for file in item.returned:
            if file.sha256 == digest:
                name = f"{file.slug}-returned-round-{item.number}.docx"
                return handed_over(open_working(office, packet_id, digest), WORD, name)
    raise Http404
