"""Enrolling: checked whole, stored as versions that never change, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import Stage
from docgen.errors import EnrolledAlready, EnrollmentInvalid
from docgen.services.enroll import enroll, read_version
from integrations.system.clock import StandingClock
from tests.unit.services.walk import RECORD_ID, changed, form, kinds

if TYPE_CHECKING:
    from docgen.services.office import Office


def test_the_same_form_twice_is_one_version(office: Office) -> None:
    """The second time gives the version already stored, and nothing is noted again."""
    first = enroll(office, form(), draft=False, actor="user:ada")
    again = enroll(office, form(), draft=False, actor="user:ada")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.version == first.version
    assert first.version.enrollment_id == RECORD_ID
    assert kinds(office, RECORD_ID) == ["enrollment.stored"]


def test_a_stored_version_is_read_once_for_all_steps(office: Office) -> None:
    """The same bytes are the same record; a corrected form is another."""
    first = enroll(office, form(), draft=False, actor="user:ada").version
    raw = changed(lambda raw: raw["practice"].update(display_name="Lakeside Oncology"))
    second = enroll(office, raw, draft=False, actor="user:ada").version
    again = office.ledger.enrollments.get(RECORD_ID, 1)
    assert read_version(first, Stage.DRAFT) is read_version(again, Stage.SUBMIT)
    assert read_version(second, Stage.DRAFT).practice.display_name == "Lakeside Oncology"


def test_a_changed_form_is_the_next_version_and_the_first_stays(office: Office) -> None:
    """Versions are numbered, and a stored one never changes."""
    first = enroll(office, form(), draft=False, actor="user:ada").version
    raw = changed(lambda raw: raw["practice"].update(display_name="Lakeside Oncology"))
    second = enroll(office, raw, draft=False, actor="user:ada").version
    assert (first.version, second.version) == (1, 2)
    assert office.ledger.enrollments.get(RECORD_ID, 1) == first
    assert office.ledger.enrollments.latest(RECORD_ID) == second


def test_a_form_without_an_id_is_known_by_its_content(office: Office) -> None:
    """Same content, same enrollment; other content, another one."""
    raw = form()
    del raw["record_id"]
    other = {**raw, "practice": {**raw["practice"], "display_name": "Lakeside Oncology"}}
    ids = {
        enroll(office, one, draft=False, actor="user:ada", as_new=True).version.enrollment_id
        for one in (raw, raw, other)
    }
    assert len(ids) == 2


def test_submitting_a_draft_is_a_version_of_its_own(office: Office) -> None:
    """The same content as draft and as submission are two versions."""
    draft = enroll(office, form(), draft=True, actor="user:ada").version
    final = enroll(office, form(), draft=False, actor="user:ada").version
    assert (draft.is_draft, final.is_draft) == (True, False)
    assert (draft.version, final.version) == (1, 2)
    assert draft.sha256 == final.sha256


def test_every_problem_is_named_and_nothing_is_stored(office: Office) -> None:
    """A form with several faults is refused with each by path, and leaves no trace."""

    def spoil(raw: dict[str, object]) -> None:
        raw["practice"]["setting"] = "garage"  # type: ignore[index]
        raw["contacts"][0]["email"] = "nobody"  # type: ignore[index]

    with pytest.raises(EnrollmentInvalid) as refusal:
        enroll(office, changed(spoil), draft=False, actor="user:ada")
    paths = {item.path for item in refusal.value.problems}
    assert {"practice.setting", "contacts[0].email"} <= paths
    assert not office.ledger.enrollments.list()
    assert office.ledger.history.size() == 0


@pytest.mark.parametrize(
    ("name", "point"), [("Alder 🌳 Oncology", "U+1F333"), ("אלון Oncology", "U+05D0")]
)
def test_what_no_font_can_print_is_said_at_once(office: Office, name: str, point: str) -> None:
    """A name the documents cannot show is refused with its place, not only at generation."""
    raw = form()
    raw["practice"]["display_name"] = name
    with pytest.raises(EnrollmentInvalid) as refused:
        enroll(office, raw, draft=True, actor="user:coordinator")
    (problem,) = refused.value.problems
    assert (problem.path, problem.rule) == ("practice.display_name", "val.glyph")
    assert point in problem.message
    raw["practice"]["display_name"] = "Ålder 示例 مثال Oncology"
    enroll(office, raw, draft=True, actor="user:coordinator")  # the control


@pytest.mark.parametrize("same", ["name", "ein"])
def test_a_practice_is_not_enrolled_twice_unnoticed(office: Office, same: str) -> None:
    """A corrected form without its enrollment's id is refused with that id; onto it, it is a version."""
    raw = form()
    del raw["record_id"]
    first = enroll(office, raw, draft=False, actor="user:ada").version
    other = form()
    del other["record_id"]
    other["contacts"][0]["phone"] = "+15125550199"
    if same == "ein":
        other["practice"]["display_name"] = "Another Name Oncology"
    with pytest.raises(EnrolledAlready, match=first.enrollment_id) as refused:
        enroll(office, other, draft=False, actor="user:ada")
    assert refused.value.enrollment_id == first.enrollment_id
    onto = enroll(office, other, draft=False, actor="user:ada", onto=first.enrollment_id)
    assert (onto.version.enrollment_id, onto.version.version) == (first.enrollment_id, 2)
    other["contacts"][0]["phone"] = "+15125550198"
    assert enroll(office, other, draft=False, actor="user:ada", as_new=True).version.version == 1


def test_a_submitted_form_does_not_become_a_draft_again(office: Office) -> None:
    """The same content stored as a draft is the version there is; other content is a new draft."""
    first = enroll(office, form(), draft=False, actor="user:ada").version
    again = enroll(office, form(), draft=True, actor="user:ada")
    assert (again.is_new, again.version) == (False, first)
    changed_form = changed(lambda raw: raw["practice"].update(display_name="Lakeside Oncology"))
    assert enroll(office, changed_form, draft=True, actor="user:ada").version.is_draft


def test_digits_that_stand_elsewhere_make_no_other_practice_known(office: Office) -> None:
    """An EIN is compared whole: its parts within another's number and name are not it."""
    first = form()
    second = form("sole-proprietor") | {"record_id": "1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e76"}
    first["practice"]["display_name"] = "Clinic 58 Radiation Oncology"
    first["legal_entities"][0]["ein"] = "31-5550123"
    second["legal_entities"][0]["ein"] = "58-5550123"
    enroll(office, first, draft=False, actor="user:coordinator")
    stored = enroll(office, second, draft=False, actor="user:coordinator")
    assert stored.version.version == 1
    third = form("freestanding-pllc") | {"record_id": "1b4e28ba-2fa1-4d2a-8c3b-0a1b2c3d4e77"}
    third["practice"]["display_name"] = "Quite Another Name"
    third["legal_entities"][0]["ein"] = "58-5550123"
    with pytest.raises(EnrolledAlready, match=stored.version.enrollment_id):  # the control
        enroll(office, third, draft=False, actor="user:coordinator")


def _begins(day: str) -> dict[str, Any]:
    """Give a form that was never submitted before and fixes the day its agreements begin."""

    def change(raw: dict[str, Any]) -> None:
        raw.pop("submitted_at", None)
        terms = {"effective_date_rule": "fixed", "effective_date": day}
        raw["terms"] = raw.get("terms", {}) | terms

    return changed(change)


def test_an_agreement_may_begin_today_in_the_evening_too(office: Office) -> None:
    """When it is tomorrow in UTC already, today's date is none in the past, now or read later."""
    office = replace(office, clock=StandingClock(datetime(2026, 12, 1, 3, tzinfo=UTC)))
    assert office.today().isoformat() == "2026-11-30"
    version = enroll(office, _begins("2026-11-30"), draft=False, actor="user:ada").version
    terms = read_version(version, Stage.SUBMIT, office.pso_settings).terms
    assert str(terms.effective_date) == "2026-11-30"


def test_an_agreement_is_not_backdated(office: Office) -> None:
    """The control: an earlier day is refused."""
    office = replace(office, clock=StandingClock(datetime(2026, 12, 1, 3, tzinfo=UTC)))
    with pytest.raises(EnrollmentInvalid) as refused:
        enroll(office, _begins("2026-11-29"), draft=False, actor="user:ada")
    (problem,) = refused.value.problems
    assert (problem.rule, problem.path) == ("val.dates", "terms.effective_date")
