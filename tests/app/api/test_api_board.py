"""The board by API, stand-ins, and the enrollment form as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.stand_in import StandIn
from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.test_board import several

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk


def test_the_board_counts_what_the_lists_find(desk: Desk) -> None:
    """Each figure is the number that its list, narrowed by the same words, finds."""
    several(desk)
    desk.clock.advance(timedelta(days=400))
    auditor = Caller.of(desk, "auditor")
    board = told(auditor.get("/board"))
    assert sum(item["practices"] for item in board["stages"]) > 3
    for item in board["stages"]:
        asked = {"stage": item["stage"]}
        assert told(auditor.get("/enrollments", **asked))["total"] == item["practices"]
        late = told(auditor.get("/enrollments", **asked, overdue="true"))
        assert late["total"] == item["overdue"], item
    assert sum(item["overdue"] for item in board["stages"]) == board["overdue"] > 0
    assert any(item["invitation_bounced"] for item in board["stages"])
    assert all(item["count"] and item["oldest"] for item in board["packets"])
    for item in board["alerts"]:
        found = told(auditor.get("/packets", alert=item["alert"]))["total"]
        assert found == item["count"], item
    assert {item["stage"] for item in board["days"]} <= {item["stage"] for item in board["stages"]}


def test_stand_ins_are_listed(desk: Desk) -> None:
    """To whom the desk shows them, with whether they are in force today."""
    coordinator, auditor = Caller.of(desk, "coordinator"), Caller.of(desk, "auditor")
    assert told(coordinator.get("/stand-ins")) == {"items": []}
    day = desk.clock.now().date()
    stand_in = StandIn(
        id="standin_1",
        principal="pso_countersigner",
        person="everything",
        title="COO",
        first=day,
        last=day + timedelta(days=9),
        reason="Leave",
        appointed_by="administrator",
        appointed_at=desk.clock.now(),
    )
    with desk.office.ledger.transaction():
        desk.office.ledger.stand_ins.add(stand_in)
    (item,) = told(coordinator.get("/stand-ins"))["items"]
    assert (item["person"], item["appointed_by"], item["is_in_force"]) == (
        "everything",
        "administrator",
        True,
    )
    desk.clock.advance(timedelta(days=20))
    (item,) = told(coordinator.get("/stand-ins"))["items"]
    assert item["is_in_force"] is False
    assert is_problem(auditor.get("/stand-ins"), 403, "not-allowed")


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"")])
def test_a_form_comes_as_a_file(coordinator: Caller, kind: str, begins: bytes) -> None:
    """Blank, of each kind."""
    answer = coordinator.get(f"/forms/{kind}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f'enrollment-form.{kind}"' in answer.headers["Content-Disposition"]


def test_a_form_comes_as_far_as_it_is_filled_in(desk: Desk, coordinator: Caller) -> None:
    """Of a practice, as a workbook or a PDF; no other kind, and nobody else's."""
    at = f"/enrollments/{desk.enrollment.enrollment_id}/form"
    blank = coordinator.get("/forms/xlsx").content
    filled = coordinator.get(f"{at}/xlsx")
    assert filled.content.startswith(b"PK")
    assert filled.content != blank
    for address in (f"{at}/csv", "/forms/exe", "/enrollments/none/form/xlsx"):
        assert is_problem(coordinator.get(address), 404, "not-found"), address
    auditor = Caller.of(desk, "auditor")
    assert is_problem(auditor.get("/forms/pdf"), 403, "not-allowed")
