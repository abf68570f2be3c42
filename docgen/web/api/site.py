"""The site itself: whose token this is, and the signing services."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest
from ninja import Router

from docgen.domain.packet import OUT_FOR_SIGNATURE
from docgen.web.account.visitor import acting_person
from docgen.web.api.refusals import refusals
from docgen.web.api.schemas import ListOf, Me, ServiceItem
from docgen.web.api.tokens import token_of
from docgen.web.site import office_of

router = Router(tags=["site"])


@router.get("/me", response={200: Me, **refusals()}, url_name="me")
def me(request: HttpRequest) -> Me:
    """Say whose token this is, and what it may do now."""
    person, token = acting_person(request), token_of(request)
    return Me(
        person=person.key,
        name=person.name,
        token=token.name,
        roles=sorted(person.roles),
        expires_at=token.expires_at,
    )


@router.get("/services", response={200: ListOf[ServiceItem], **refusals()}, url_name="services")
def services(request: HttpRequest) -> ListOf[ServiceItem]:
    """List the signing services, what each can do, and how many packets are out there."""
    office = office_of(request)
    out = Counter(one.service for one in office.ledger.packets.in_states(OUT_FOR_SIGNATURE))
    items = []
    for key, service in sorted(office.services.items()):
        can = service.capabilities
        items.append(
            ServiceItem(
                key=key,
                is_usual=key == office.rules.service,
                packets_out=out[key],
                own_certificate_per_signer=can.own_certificate_per_signer,
                keeps_sent_bytes_as_prefix=can.keeps_sent_bytes_as_prefix,
                remind=can.remind,
                reassign=can.reassign,
                find_by_key=can.find_by_key,
                signed_callbacks=can.signed_callbacks,
            )
        )
    return ListOf(items=items)
