"""Which pictures docs/ has: one line each. To add a page, add a line and show it in a page of docs/.

`name` is the file (docs/pictures/NAME.png). `who` is one of the desk's people (tests/app/desk/staff.py),
or "" for nobody. `address` may name what is in stock (tests/pictures/stock.py), such as
`{draft.id}`. What takes more than opening an address is told in stories.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """How wide the window is."""

    DESKTOP = "desktop"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page to open; `click` names what is unfolded first."""

    name: str
    who: str
    address: str
    size: Size = Size.DESKTOP
    click: str = ""


def _of(name: str, who: str, address: str, *, click: str = "") -> Picture:
    return Picture(name=name, who=who, address=address, click=click)


PICTURES = (
    _of("sign-in", "", "/account/sign-in"),
    _of("home", "coordinator", "/desk/"),
    _of("board", "coordinator", "/desk/board"),
    _of("enrollments", "coordinator", "/desk/enrollments"),
    _of("enrollment", "coordinator", "/desk/enrollments/{unfinished}"),
    _of("form", "coordinator", "/desk/enrollments/{unfinished}/form"),
    _of("form-section", "coordinator", "/desk/enrollments/{unfinished}/form/practice"),
    _of("guests", "coordinator", "/desk/enrollments/{unfinished}/guests"),
    _of("packets", "coordinator", "/desk/packets"),
    _of("packet", "coordinator", "/desk/packets/{draft.id}"),
    _of("document", "coordinator", "/desk/packets/{draft.id}/documents/baa"),
    _of("review", "coordinator", "/desk/packets/{negotiated.id}/review"),
    _of("proposals", "coordinator", "/desk/packets/{negotiated.id}/returned/{returned}/changes"),
    _of("packet-sent", "coordinator", "/desk/packets/{countersigned_next.id}"),
    _of("paper", "coordinator", "/desk/packets/{on_paper.id}/paper"),
    _of("batch", "coordinator", "/desk/batches/{batch}"),
    _of("countersign", "pso_countersigner", "/desk/countersign"),
    _of("templates", "legal_approver", "/desk/templates"),
    _of("people", "administrator", "/desk/people"),
    _of("settings", "administrator", "/desk/settings#services"),
    _of("audit-packet", "auditor", "/desk/packets/{executed.id}"),
    _of("audit-history", "auditor", "/desk/packets/{executed.id}/history"),
    _of("archive", "auditor", "/desk/archive"),
    _of("archive-record", "auditor", "/desk/archive/packets/{executed.id}"),
    _of("archive-hold", "auditor", "/desk/archive/packets/{executed.id}/hold"),
    _of("stand-ins", "pso_countersigner", "/desk/countersign/stand-ins"),
    _of("start", "", "/start"),
)
