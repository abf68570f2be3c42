"""The practice's wish to sign by hand, for which its documents are worded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment import Stage
from docgen.domain.enrollment.vocabulary import Execution
from docgen.errors import Refused
from docgen.services.enroll import read_version

if TYPE_CHECKING:
    from docgen.domain.packet import Packet
    from docgen.services.office import Office

ON_PAPER = "The practice asks to sign on paper, and the documents are worded for it."
PAPER_ASKED = (
    f"{ON_PAPER} Print them, have them signed by hand and take in the scan. If the practice would "
    "rather sign online after all, store its form again with that choice and generate the packet "
    "anew."
)


def asks_for_paper(office: Office, packet: Packet) -> bool:
    """Say whether the form this packet was made from asks to sign by hand."""
    plan = packet.plan
    version = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    return read_version(version, Stage.DRAFT).execution is Execution.WET_INK


def refuse_paper_wish(office: Office, packet: Packet) -> None:
    """Check that what is sent for electronic signature is worded for it.

    Its effective date would otherwise be "written beside" a signature that nobody writes.

    Raises:
        Refused: the form asks for paper.
    """
    if asks_for_paper(office, packet):
        raise Refused(PAPER_ASKED)
