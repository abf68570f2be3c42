"""A person says that somebody else signs, or asks for paper; the coordinator decides what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import Refused
from docgen.services.ceremony.enter import visit_by_link

if TYPE_CHECKING:
    from docgen.services.office import Office

LONGEST_HINT = 500


def report_wrong_person(office: Office, token: str, who: str) -> None:
    """Record that the link reached somebody who does not sign; the link keeps working.

    Raises:
        Refused: the hint is too long.
    """
    if len(who) > LONGEST_HINT:
        raise Refused(f"Please say who signs in at most {LONGEST_HINT} characters.")
    visit = visit_by_link(office, token)
    with office.ledger.transaction():
        office.note(
            visit.ceremony.subject,
            "signer.says_other_person",
            f"signer:{visit.signer.key}",
            hint=who,
        )
