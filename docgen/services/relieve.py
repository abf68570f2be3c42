"""Tell a signer whose place somebody else took that nothing more is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docgen.domain.ceremony import known_name
from docgen.domain.reassignment import REASSIGNED
from docgen.services.letter import letter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.services.office import Office


def send_relief(office: Office, payload: Mapping[str, object]) -> None:
    """Mail the person who was replaced, as the history names them; name nobody else."""
    ceremony = office.ledger.ceremonies.get(str(payload["envelope_id"]))
    wanted = {name: payload[name] for name in ("recipient", "link_number")}
    before = next(
        cast("Mapping[str, str]", item.details["before"])
        for item in office.ledger.history.of(ceremony.subject)
        if item.kind == REASSIGNED and wanted.items() <= item.details.items()
    )
    lines = (
        f"{ceremony.practice}: you were asked to sign {ceremony.title}.",
        "Somebody else signs in your place now, so nothing more is asked of you.",
        "The link we sent you no longer opens the documents; you may delete that message.",
        "If this surprises you, please call the coordinator.",
    )
    mail = letter(
        office,
        key=f"relieve.{ceremony.envelope_id}.{wanted['recipient']}.{wanted['link_number']}",
        to=(known_name(before["name"], before["title"]), before["email"]),
        subject=f"Nothing more to sign: {ceremony.title}",
        lines=lines,
        link=None,
    )
    office.mailer.send(mail)
    with office.ledger.transaction():
        office.note(
            ceremony.subject,
            "signer.relieved",
            "system",
            recipient=wanted["recipient"],
            address=before["email"],
        )
