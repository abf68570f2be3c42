"""Tell the sender what happened, by signed callback, as any signing service would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json
from docgen.domain.history import timestamp
from docgen.domain.webhook import signed_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.ceremony import Ceremony
    from docgen.services.office import Office


def tell_sender(office: Office, ceremony: Ceremony, kind: str, recipient: str) -> None:
    """Ask for one callback, inside the transaction of what it tells."""
    event_id = f"{ceremony.envelope_id}.{kind}.{recipient or 'envelope'}"
    office.ask(
        f"callback:{event_id}",
        "callback",
        event={
            "id": event_id,
            "type": f"envelope.{kind}",
            "envelope_id": ceremony.envelope_id,
            "recipient": recipient,
            "at": timestamp(office.clock.now()),
        },
    )


def deliver_callback(office: Office, payload: Mapping[str, object]) -> None:
    """Post one callback, signed after Standard Webhooks (HMAC-SHA256 over id, time and body)."""
    event = payload["event"]
    body = canonical_json(event)
    event_id = str(json.loads(body)["id"])
    headers = signed_headers([office.rules.callback_secret], event_id, office.clock.now(), body)
    office.courier.post(f"{office.rules.base_url}/callbacks/embedded", headers, body)
