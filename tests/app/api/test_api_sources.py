"""A practice's form and sources by API: what versions changed, who was invited, whose paper it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.services.enroll import enroll
from docgen.services.sources import choices_of, pin_copy
from tests.app.api.caller import Caller, is_problem, told
from tests.unit.services.test_paper import scanned
from tests.unit.services.walk import form

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

ON_FILE = {"title": "BAA of 2024", "dated": "2024-05-02", "kept_at": "Cabinet 3"}


@pytest.fixture
def at(desk: Desk) -> str:
    """Give the address of the sample enrollment."""
    return f"/enrollments/{desk.enrollment.enrollment_id}"


def test_what_a_version_changed_is_told_field_by_field(
    desk: Desk, auditor: Caller, at: str
) -> None:
    """By default against the version before; the first changed nothing."""
    raw, was = form(), form()["practice"]["display_name"]
    for name in ("Second Example Clinic", "Third Example Clinic"):
        raw["practice"]["display_name"] = name
        enroll(
            desk.office,
            raw,
            draft=False,
            actor="user:coordinator",
            onto=desk.enrollment.enrollment_id,
        )

    def changed(number: int, **asked: int) -> list[tuple[str, str, str]]:
        found = told(auditor.get(f"{at}/versions/{number}/differences", **asked))["items"]
        return [(item["path"], item["before"], item["after"]) for item in found]

    name = "practice.display_name"
    assert changed(3) == [(name, "Second Example Clinic", "Third Example Clinic")]
    assert changed(3, since=1) == [(name, was, "Third Example Clinic")]
    assert changed(1) == []
    for number, asked in ((4, {}), (3, {"since": 9})):
        answer = auditor.get(f"{at}/versions/{number}/differences", **asked)
        assert is_problem(answer, 404, "not-found")
    assert is_problem(auditor.get(f"{at}/versions/3/differences", since=0), 422, "input")
    assert is_problem(
        auditor.get(f"{at}/versions/3/differences", until=2), 400, "malformed-request"
    )


def test_invitations_are_listed_and_withdrawn(desk: Desk, coordinator: Caller) -> None:
    """A withdrawn link opens nothing; the list never holds a link."""
    draft = coordinator.post(
        "/enrollments", {"record": {"practice": {"display_name": "Hilltop Clinic"}}, "draft": True}
    )
    place = f"/enrollments/{told(draft)['enrollment_id']}/invitations"
    assert told(coordinator.get(place)) == {"items": []}
    invited = coordinator.post(place, {"name": "Gloria Example", "email": "gloria@example.org"})
    (item,) = told(coordinator.get(place))["items"]
    assert (item["id"], item["email"], item["is_open"]) == (
        told(invited)["id"],
        "gloria@example.org",
        True,
    )
    assert "link" not in {key for key in item if key != "link_until"}
    (after,) = told(coordinator.post(f"{place}/{item['id']}/withdraw"))["items"]
    assert (after["is_open"], bool(after["withdrawn_at"])) == (False, True)
    assert desk.history(told(draft)["enrollment_id"])[-1] == "form.invitation_withdrawn"
    other = f"/enrollments/{desk.enrollment.enrollment_id}/invitations/{item['id']}/withdraw"
    assert is_problem(coordinator.post(other), 404, "not-found")
    assert is_problem(coordinator.get("/enrollments/none/invitations"), 404, "not-found")


def test_sources_are_chosen_and_go_back(desk: Desk, coordinator: Caller, at: str) -> None:
    """Referred to what is on file, left out, ours again; each answer tells all documents."""
    place = f"{at}/sources"

    def baa(answer: object) -> dict[str, object]:
        return {item["slug"]: item for item in told(answer)["items"]}["baa"]  # type: ignore[arg-type,no-any-return]

    assert baa(coordinator.get(place))["source"] == "generated"
    on_file = baa(coordinator.post(f"{place}/baa/on-file", ON_FILE))
    assert on_file["source"] == "already_on_file"
    assert (on_file["on_file"] or {}).items() >= {  # type: ignore[attr-defined]
        **ON_FILE,
        "attested_by": "coordinator",
    }.items()
    assert is_problem(coordinator.get(f"{place}/baa/file"), 404, "not-found")
    left = baa(coordinator.post(f"{place}/baa/leave-out", {"reason": "Nobody is covered."}))
    assert (left["source"], left["reason"]) == ("not_applicable", "Nobody is covered.")
    assert baa(coordinator.post(f"{place}/baa/ours"))["source"] == "generated"
    assert choices_of(desk.office, desk.enrollment.enrollment_id) == {}


def test_the_copy_of_what_is_on_file_is_fetched(
    desk: Desk, coordinator: Caller, auditor: Caller, at: str
) -> None:
    """Exactly as it came."""
    assert coordinator.post(f"{at}/sources/baa/on-file", ON_FILE).status_code == 200
    data, casey = scanned(2), desk.office.ledger.people.get("coordinator")
    pin_copy(desk.office, desk.enrollment.enrollment_id, "baa", data, casey)
    answer = auditor.get(f"{at}/sources/baa/file")
    assert answer.content == data
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("place", "body", "status", "code"),
    [
        ("baa/on-file", {**ON_FILE, "dated": "2030-01-01"}, 422, "input"),
        ("baa/on-file", {**ON_FILE, "dated": "soon"}, 422, "input"),
        ("baa/on-file", {**ON_FILE, "title": " "}, 422, "input"),
        ("none/on-file", ON_FILE, 422, "input"),
        ("baa/leave-out", {"reason": " "}, 422, "input"),
        ("none/ours", None, 422, "input"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    desk: Desk, coordinator: Caller, at: str, place: str, body: object, status: int, code: str
) -> None:
    """Nothing is recorded."""
    answer = coordinator.post(f"{at}/sources/{place}", body)
    assert is_problem(answer, status, code)
    assert choices_of(desk.office, desk.enrollment.enrollment_id) == {}


def test_others_read_and_do_not_choose(auditor: Caller, at: str) -> None:
    """An auditor's token sees where documents come from, and neither chooses nor invites."""
    assert auditor.get(f"{at}/sources").status_code == 200
    assert is_problem(auditor.post(f"{at}/sources/baa/ours"), 403, "not-allowed")
    assert is_problem(auditor.get(f"{at}/invitations"), 403, "not-allowed")
    assert is_problem(auditor.post("/enrollments/none/sources/baa/ours"), 403, "not-allowed")
