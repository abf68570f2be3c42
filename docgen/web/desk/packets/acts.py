"""What is done to one packet: approve, send, remind, take back, reassign. Each is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from docgen.domain.signing import OWN_SIGNER
from docgen.errors import InputError, NotFound, Refused
from docgen.services.approve import approve
from docgen.services.asked import confirm_request, refuse_request
from docgen.services.ceremony.telephone import read_out_code
from docgen.services.ceremony.words import LONGEST_NAME
from docgen.services.given import LONGEST_REASON
from docgen.services.reassign import NewSigner, reassign, signers_now
from docgen.services.remind import remind
from docgen.services.send import send
from docgen.services.withdraw import withdraw
from docgen.web.account.activities import ways
from docgen.web.account.visitor import acting_person
from docgen.web.desk.packets.record import head
from docgen.web.desk.parts import Crumb
from docgen.web.form import Form
from docgen.web.once import once, once_apart
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from docgen.db.models import Account


_LONGEST_NUMBER = 4
_REASSIGNED = "Reassigned. The old link no longer opens the documents."
_ASKED = "The signing service is asked; the history says when it has put the person in."


def _carry_out(
    request: HttpRequest,
    packet_id: str,
    act: Callable[[], str],
    done: str,
    *,
    place: str = "",
    carry: Callable[[HttpRequest, Callable[[], str]], HttpResponse] = once,
) -> HttpResponse:
    """Carry out an act and lead on, with what was done or why it was not.

    Done, it leads to `place`, or else back to the packet; refused, always back to the packet.
    """

    def and_back() -> str:
        words = act()
        messages.success(request, words or done)
        return place or reverse("desk:packet", args=[packet_id])

    try:
        return carry(request, and_back)
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:packet", packet_id=packet_id)


@require_POST
def approve_plan(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Approve the plan that was shown."""
    office, person = office_of(request), acting_person(request)

    def act() -> str:
        if request.POST.get("looked") != "yes":
            raise InputError("Look at the documents first, then tick the box.")
        checksum = request.POST.get("checksum", "")
        approve(
            office,
            packet_id,
            checksum,
            person,
            ", ".join(ways(request, cast("Account", request.user))),
        )
        return ""

    return _carry_out(request, packet_id, act, "Approved.")


@require_POST
def send_packet(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Send the packet by the chosen signing service."""

    def act() -> str:
        service = request.POST.get("service", "")
        if service and service not in office_of(request).services:
            raise InputError("Choose one of the signing services that are configured here.")
        send(office_of(request), packet_id, acting_person(request), service)
        return ""

    return _carry_out(request, packet_id, act, "Being sent; the invitations leave in a moment.")


@require_POST
def remind_signers(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Remind whoever signs next."""

    def act() -> str:
        reminded = remind(office_of(request), packet_id, acting_person(request))
        return f"{len(reminded)} reminder{'s' if len(reminded) > 1 else ''} on the way."

    return _carry_out(request, packet_id, act, "")


@require_POST
def take_back(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Void or withdraw the packet, with a reason; to have it corrected, lead on to the form."""
    office = office_of(request)

    def act() -> str:
        reason = request.POST.get("reason", "")
        withdraw(office, packet_id, acting_person(request), reason)
        return ""

    place, done = "", "Taken back. It can no longer be signed."
    if request.POST.get("then") == "correct":
        enrollment = office.ledger.packets.get(packet_id).plan.enrollment_id
        place = reverse("desk:enrollment-form", args=[enrollment])
        done = f"{done} Correct the form now."
    return _carry_out(request, packet_id, act, done, place=place, carry=once_apart)


@require_POST
def answer_request(request: HttpRequest, packet_id: str, recipient: str) -> HttpResponse:
    """Confirm or refuse whom a signer named in their place."""
    office, given = office_of(request), request.POST

    def act() -> str:
        person = acting_person(request)
        number = given.get("number", "")
        if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
            raise InputError("Answer a request that this page shows.")
        if given.get("answer") == "confirm":
            confirm_request(office, packet_id, recipient, int(number), person)
            return "Reassigned. The old link no longer opens the documents."
        reason = given.get("reason", "")
        refuse_request(office, packet_id, recipient, int(number), person, reason)
        return "Refused. The signer is told by letter; their link keeps working."

    return _carry_out(request, packet_id, act, "")


@require_POST
def show_code(request: HttpRequest, packet_id: str, recipient: str) -> HttpResponse:
    """Show a code to read out to this signer; each showing makes a new one, and is noted."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    try:
        code = read_out_code(office, packet_id, recipient, acting_person(request))
    except (InputError, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:packet", packet_id=packet_id)
    name = signers_now(office, packet)[recipient][0]
    context = head(packet, "") | {
        "title": "Code to read out",
        "badge": None,
        "lead": f"For {name} alone, by telephone.",
        "code": f"{code[:3]} {code[3:]}",
        "name": name,
        "minutes": int(office.rules.code_period.total_seconds() // 60),
        "packet": packet,
        "crumbs": [
            Crumb(words="Packets", url=reverse("desk:packets")),
            Crumb(words=packet.plan.practice, url=reverse("desk:packet", args=[packet_id])),
        ],
    }
    return render(request, "docgen/desk/packets/code.html", context)


class NewSignerForm(Form):
    """Who signs instead."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    title = forms.CharField(label="Title", max_length=LONGEST_NAME)
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="Their own mailbox: the link and the code both go there.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Who told you, and when. It stays in the history.",
    )
    authority = forms.BooleanField(
        label="I checked with the organization that this person may bind it.",
        error_messages={"required": "Check this with the organization first, then tick the box."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reassign_signer(request: HttpRequest, packet_id: str, recipient: str) -> HttpResponse:
    """Let another person sign as this recipient."""
    office = office_of(request)
    packet = office.ledger.packets.get(packet_id)
    now = signers_now(office, packet)
    if recipient not in now:
        raise NotFound("This packet has no such signer.")
    form = NewSignerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = NewSigner(
            name=given["name"], title=given["title"], email=given["email"], reason=given["reason"]
        )

        def act() -> str:
            reassign(office, packet_id, recipient, new, acting_person(request))
            messages.success(request, _REASSIGNED if packet.service == OWN_SIGNER else _ASKED)
            return reverse("desk:packet", args=[packet_id])

        try:
            return once(request, act)
        except (InputError, Refused) as refusal:
            form.add_error(None, str(refusal))
    context = head(packet, "") | {
        "form": form,
        "title": "Reassign a signer",
        "badge": None,
        "lead": f"{now[recipient][0]} signs for "
        f"{packet.plan.recipient(recipient).organization} now.",
        "crumbs": [
            Crumb(words="Packets", url=reverse("desk:packets")),
            Crumb(words=packet.plan.practice, url=reverse("desk:packet", args=[packet_id])),
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "docgen/desk/packets/reassign.html", context, status=status)
