"""Acrobat Sign's callbacks: our application's id, echoed; a secret of ours in the address.

Nothing signs the body and the application's id is no secret, so a callback is nothing but a hint.
https://opensource.adobe.com/acrobat-sign/acrobat_sign_events/
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from docgen.domain.signing import Signal, SigningEvent
from docgen.ports.esign import Reply, VerifiedCallback
from integrations.vendor.moment import moment
from integrations.vendor.refusal import disbelieved
from integrations.vendor.report import LARGEST_BODY, report_of, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.errors import CallbackRejected
    from docgen.ports.esign import RawCallback

KEY = "adobe_sign"
CLIENT_ID = "x-adobesign-clientid"
HEADERS = frozenset({"content-type", CLIENT_ID})
SIGNALS = {
    "AGREEMENT_CREATED": Signal.SENT,
    "AGREEMENT_ACTION_REQUESTED": Signal.SENT,
    "AGREEMENT_EMAIL_VIEWED": Signal.VIEWED,
    "AGREEMENT_DOCUMENTS_VIEWED": Signal.VIEWED,
    "AGREEMENT_ACTION_COMPLETED": Signal.SIGNED,
    "AGREEMENT_WORKFLOW_COMPLETED": Signal.FULLY_EXECUTED,
    "AGREEMENT_REJECTED": Signal.DECLINED,
    "AGREEMENT_RECALLED": Signal.VOIDED,
    "AGREEMENT_EXPIRED": Signal.EXPIRED,
    "AGREEMENT_AUTO_CANCELLED_CONVERSION_PROBLEM": Signal.FAILED,
}


def believe(raw: RawCallback, client_id: str, secrets: Sequence[str]) -> None:
    """Check that a request knows our application's id and the secret in our address.

    Raises:
        CallbackRejected: it does not.
    """
    if not same(raw.headers.get(CLIENT_ID, ""), [client_id]):
        raise _rejected("it is not for our application")
    try:
        given = parse_qs(raw.query, max_num_fields=10).get("key", [""])[0]
    except ValueError as error:
        raise _rejected("its address cannot be read") from error
    if not same(given, secrets):
        raise _rejected("the secret in its address does not fit")


def verify(raw: RawCallback, client_id: str, secrets: Sequence[str]) -> VerifiedCallback:
    """Believe a callback that knows our id and secret.

    Raises:
        CallbackRejected: it does not, or its body is too large.
    """
    if len(raw.body) > LARGEST_BODY:
        raise _rejected("its body is too large")
    believe(raw, client_id, secrets)
    told = report_of(raw.body)
    number = told.get("webhookNotificationId")
    name = number if isinstance(number, str) and number else raw.body.decode("utf-8", "replace")
    return VerifiedCallback(
        delivery_id=hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
        body=raw.body,
        received_at=raw.received_at,
    )


def parse(callback: VerifiedCallback) -> Sequence[SigningEvent]:
    """Translate one believed callback; anything we do not know becomes `UNKNOWN`."""
    told = report_of(callback.body)
    event = told.get("event")
    kind = event if isinstance(event, str) else "unreadable"
    agreement = told.get("agreement")
    found = agreement.get("id") if isinstance(agreement, dict) else None
    return (
        SigningEvent(
            signal=SIGNALS.get(kind, Signal.UNKNOWN),
            envelope_id=found if isinstance(found, str) else "",
            recipient="",
            at=moment(told.get("eventDate")) or callback.received_at,
            event_id=callback.delivery_id,
            reported_as=kind,
        ),
    )


def echo(client_id: str) -> Reply:
    """Give our application's id back, without which nothing counts as delivered."""
    body = json.dumps({"xAdobeSignClientId": client_id}).encode()
    return Reply(body=body, media="application/json", headers={"X-AdobeSign-ClientId": client_id})


def _rejected(why: str) -> CallbackRejected:
    return disbelieved(KEY, why)
