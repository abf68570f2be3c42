"""Documents' sources on the desk: the practice's own paper, on file, left out, and ours again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from docgen.domain.plan import Source
from docgen.services.sources import choices_of
from tests.app.desk.staff import ONCE
from tests.unit.services.test_paper import scanned

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.sources import Choice
    from tests.app.desk.staff import Desk

QUERIES = 16
ON_FILE = {"title": "BAA of 2024", "dated": "2024-05-02", "kept_at": "Cabinet 3"}


def at(desk: Desk) -> str:
    """Give the address of the tab."""
    return f"/desk/enrollments/{desk.enrollment.enrollment_id}/sources"


def chosen(desk: Desk, slug: str = "baa") -> Choice | None:
    """Give what counts now for one document."""
    return choices_of(desk.office, desk.enrollment.enrollment_id).get(slug)


def choose(desk: Desk, way: str, slug: str = "baa", **fields: object) -> HttpResponse:
    """Choose a source on its page."""
    return desk.send(desk.as_("coordinator"), f"{at(desk)}/{slug}/{way}", **fields)


def paper(desk: Desk, slug: str = "baa", **changes: object) -> dict[str, object]:
    """Fill in the page for the practice's own paper, every requirement on page 2."""
    from docgen.web.desk.enrollments.source_forms import requirements_of

    fields: dict[str, object] = {"checked_by": "legal_approver"}
    for number, _ in enumerate(requirements_of(desk.office, slug)):
        fields |= {f"page_{number}": 2, f"section_{number}": f'§ {number}.1 "as amended" \\ a'}
    fields["file"] = SimpleUploadedFile("theirs.pdf", scanned(4))
    return fields | changes


@pytest.mark.parametrize("slug", ["psa", "baa"])
def test_their_own_paper_is_pinned_with_its_checklist(desk: Desk, slug: str) -> None:
    """Every requirement gets page and section as typed, by the named person; the file comes back."""
    answer = choose(desk, "paper", slug, **paper(desk, slug))
    assert answer.status_code == 302, answer.content.decode()
    choice = chosen(desk, slug)
    assert choice is not None
    assert choice.paper is not None
    assert choice.paper.checked_by == "legal_approver"
    assert {item.section for item in choice.paper.met} == {
        f'§ {number}.1 "as amended" \\ a' for number, _ in enumerate(choice.paper.met)
    }
    page = desk.as_("auditor").get(at(desk)).content.decode()
    assert "the practice’s own paper" in page
    assert "Lee Counsel" in page
    got = desk.as_("auditor").get(f"{at(desk)}/{slug}/file")
    assert got.content == desk.office.work.open(choice.paper.file_sha256)
    assert got["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checked_by": "auditor"}, "what was sent is none of them"),
        ({"checked_by": ""}, "Choose who read the document"),
        ({"page_0": 5}, "from 1 to 4"),
        ({"page_0": ""}, "on which page"),
        ({"section_1": " "}, "in which section"),
        ({"file": SimpleUploadedFile("x.pdf", b"MZ")}, "cannot be read as a PDF"),
        ({"file": ""}, "Choose the file"),
    ],
)
def test_paper_that_cannot_be_used_is_refused(
    desk: Desk, changes: dict[str, object], words: str
) -> None:
    """Attack and slips: said on the page, with what was typed still there; nothing is recorded."""
    answer = choose(desk, "paper", **paper(desk, **changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "as amended" in page
    assert chosen(desk) is None


def test_an_agreement_on_file_is_referred_to_and_copied(desk: Desk) -> None:
    """First the reference, then the copy; a copy of nothing is refused."""
    assert desk.as_("coordinator").get(f"{at(desk)}/baa/copy").status_code == 409
    assert choose(desk, "on-file", **ON_FILE).status_code == 302
    page = desk.as_("legal_approver").get(at(desk)).content.decode()
    assert "BAA of 2024" in page
    assert "May 2, 2024" in page
    file = SimpleUploadedFile("copy.pdf", scanned(2))
    assert choose(desk, "copy", file=file).status_code == 302
    choice = chosen(desk)
    assert choice is not None
    assert choice.on_file is not None
    assert (choice.on_file.pages, choice.on_file.title) == (2, "BAA of 2024")
    assert desk.as_("auditor").get(f"{at(desk)}/baa/file").content == scanned(2)


def test_an_agreement_of_tomorrow_is_refused(desk: Desk) -> None:
    """What is on file was executed already."""
    answer = choose(desk, "on-file", **{**ON_FILE, "dated": "2999-01-01"})
    assert answer.status_code == 422
    assert "The date is in the future" in answer.content.decode()
    assert chosen(desk) is None


def test_a_document_is_left_out_with_its_reason_and_comes_back(desk: Desk) -> None:
    """The reason stands on the page; our own template can always be gone back to."""
    refused = choose(desk, "leave-out", reason=" ")
    assert refused.status_code == 422
    assert choose(desk, "leave-out", reason="It sends no PHI at all.").status_code == 302
    choice = chosen(desk)
    assert choice is not None
    assert choice.source is Source.NOT_APPLICABLE
    assert "It sends no PHI at all." in desk.as_("auditor").get(at(desk)).content.decode()
    assert choose(desk, "ours").status_code == 302
    assert chosen(desk) is None


def test_a_double_click_chooses_once(desk: Desk) -> None:
    """The same form twice is one activity."""
    client, place = desk.as_("coordinator"), f"{at(desk)}/baa/leave-out"
    found = ONCE.search(client.get(place).content.decode())
    assert found is not None
    fields = {"once": found.group(1), "reason": "No PHI."}
    assert [client.post(place, fields).status_code for _ in range(2)] == [302, 302]
    assert desk.history(desk.enrollment.enrollment_id).count("source.chosen") == 1


@pytest.mark.parametrize("place", ["pses/paper", "baa/nonsense", "none/none", "baa/file"])
def test_what_is_not_there_is_not_found(desk: Desk, place: str) -> None:
    """Another document, another way, or a file where none is."""
    assert desk.as_("coordinator").get(f"{at(desk)}/{place}").status_code == 404


@pytest.mark.parametrize("key", ["auditor", "legal_approver", "pso_countersigner"])
def test_others_read_and_do_not_choose(desk: Desk, key: str) -> None:
    """Readers see where documents come from, without a way to change it."""
    client = desk.as_(key)
    assert "Leave the document out" not in client.get(at(desk)).content.decode()
    assert client.post(f"{at(desk)}/baa/ours", {"once": "x" * 32}).status_code == 403


def test_the_tab_takes_a_fixed_number_of_queries(desk: Desk) -> None:
    """Whatever was chosen."""
    choose(desk, "on-file", **ON_FILE)
    assert desk.queries(desk.as_("coordinator"), at(desk)) <= QUERIES
