"""Each page of the desk once, in a real browser: well made, and nothing that axe objects to.

One line a route, as it looks on the desk of tests/pictures/stock.py. A page that is neither here nor
in ELSEWHERE fails, so that none is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.browser.desk_site import TABLET, assert_well_made, axe, shoot
from tests.app.desk.staff import EVERYTHING
from tests.app.test_access import routes
from tests.app.test_crawl import ELSEWHERE
from tests.pictures.stock import stocked

if TYPE_CHECKING:
    from tests.app.browser.desk_site import OfficeHours

RECORD = "/desk/archive/packets/{executed.id}"
FORM = "/desk/enrollments/{unfinished}"
PAGES = {
    "desk:home": "/desk/",
    "desk:board": "/desk/board",
    "desk:enrollments": "/desk/enrollments",
    "desk:enrollment": FORM,
    "desk:enrollment-history": f"{FORM}/history",
    "desk:enrollment-new": "/desk/enrollments/new",
    "desk:enrollment-form": f"{FORM}/form",
    "desk:enrollment-form-section": f"{FORM}/form/practice",
    "desk:enrollment-form-item": f"{FORM}/form/facilities/new",
    "desk:enrollment-versions": f"{FORM}/versions",
    "desk:enrollments-upload": "/desk/enrollments/upload",
    "desk:enrollment-guests": f"{FORM}/guests",
    "desk:enrollment-upload": f"{FORM}/upload",
    "desk:enrollment-sources": f"{FORM}/sources",
    "desk:enrollment-source": f"{FORM}/sources/baa/paper",
    "desk:packets": "/desk/packets",
    "desk:packet": "/desk/packets/{executed.id}",
    "desk:packet-history": "/desk/packets/{executed.id}/history",
    "desk:packet-document": "/desk/packets/{draft.id}/documents/psa",
    "desk:packet-review": "/desk/packets/{negotiated.id}/review",
    "desk:packet-proposals": "/desk/packets/{negotiated.id}/returned/{returned}/changes",
    "desk:packet-paper": "/desk/packets/{on_paper.id}/paper",
    "desk:packet-reassign": "/desk/packets/{sent.id}/signers/pso",
    "desk:countersign": "/desk/countersign?of=anybody",
    "desk:stand-ins": "/desk/countersign/stand-ins",
    "desk:batch": "/desk/batches/{batch}",
    "desk:archive": "/desk/archive",
    "desk:archive-export": "/desk/archive/export?packet={executed.id}",
    "desk:archive-export-asked": "/desk/archive/exports/{export}",
    "desk:archive-contracts": "/desk/archive/contracts",
    "desk:archive-register": "/desk/archive/register",
    "desk:archive-record": RECORD,
    "desk:archive-read": f"{RECORD}/files/{{executed.executed[0].signed_sha256}}/read",
    "desk:archive-hold": f"{RECORD}/hold",
    "desk:archive-disposal": f"{RECORD}/disposal",
    "desk:templates": "/desk/templates",
    "desk:template": "/desk/templates/psa/1.0.0",
    "desk:template-compare": "/desk/templates/psa/compare",
    "desk:template-practices": "/desk/templates/psa/practices",
    "desk:template-adopt": "/desk/templates/psa/1.0.0/adopt",
    "desk:people": "/desk/people",
    "desk:person-add": "/desk/people/add",
    "desk:person": "/desk/people/person/auditor",
    "desk:settings": "/desk/settings",
    "desk:webhooks": "/desk/webhooks",
    "desk:webhook-add": "/desk/webhooks/add",
    "desk:tokens": "/desk/tokens",
    "desk:token-issue": "/desk/tokens/issue",
}
FILES = frozenset(
    {
        "desk:archive-file",
        "desk:enrollment-blank",
        "desk:enrollments-blank",
        "desk:packet-draft",
        "desk:packet-file",
        "desk:packet-returned",
    }
)


@pytest.mark.slow
def test_every_page_of_the_desk_is_well_made(office_hours: OfficeHours) -> None:
    """On a tablet, in the middle of the desk's work; other widths and colors have their own tests."""
    desk = office_hours.desk
    stock, client = stocked(desk), desk.as_(EVERYTHING)
    page = office_hours.page(EVERYTHING, size=TABLET)
    for name, place in PAGES.items():
        answer = page.goto(office_hours.at(stock.place(place)))
        assert answer is not None
        assert answer.status == 200, name
        assert_well_made(page)
        axe(page)
        shoot(page, name)
    office_hours.assert_quiet()
    shown = {
        name
        for name, address in routes()
        if name.startswith("desk:") and client.get(address).status_code != 405
    }
    assert shown - FILES - ELSEWHERE == set(PAGES)
