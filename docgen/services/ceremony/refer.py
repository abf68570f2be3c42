"""A person says that somebody else signs; the coordinator decides what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.services.ceremony.enter import visit_by_link
from docgen.services.ceremony.notice import OTHER_PERSON, ask_notice
from docgen.services.ceremony.words import prose_given

if TYPE_CHECKING:
    from docgen.services.office import Office

LONGEST_HINT = 500
MOST_REPORTS = 3
_KIND = "signer.says_other_person"


def report_wrong_person(office: Office, token: str, who: str) -> None:
    """Record that the link reached somebody who does not sign; the link keeps working.

    The coordinators are told once; a third repetition is the last one kept.

    Raises:
        Refused: the hint is too long.
    """
    hint = prose_given(who, "your answer", longest=LONGEST_HINT)
    visit = visit_by_link(office, token)
    actor = f"signer:{visit.signer.key}"
    with office.ledger.transaction():
        ceremony = office.ledger.ceremonies.locked(visit.ceremony.envelope_id)
        said = [item for item in office.ledger.history.of(ceremony.subject) if item.kind == _KIND]
        if sum(1 for item in said if item.actor == actor) >= MOST_REPORTS:
            return
        office.note(ceremony.subject, _KIND, actor, hint=hint)
        ask_notice(office, ceremony, visit.signer, OTHER_PERSON, words=hint)
