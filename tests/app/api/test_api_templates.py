"""The agreements' texts by API: versions, clauses, differences, and who signed which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.render.manifest import load_template
from docgen.services.adopt import adopt
from tests.app.api.caller import Caller, is_problem, told
from tests.app.desk.texts import own_paper, signed, with_second_version

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.desk.staff import Desk

INTERPRETATION = "psa.definitions.interpretation"


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Path:
    """Give the folder in which there is a second version of the PSA."""
    root = tmp_path / "texts"
    with_second_version(desk, root)
    return root


def names(caller: Caller, **asked: object) -> list[str]:
    """List the practices that are found."""
    found = told(caller.get("/templates/psa/practices", **asked))
    return [item["practice"] for item in found["items"]]


def test_versions_say_who_adopted_and_how_many_signed(desk: Desk, auditor: Caller) -> None:
    """One whose text is gone is listed, without a digest."""
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Seaside Oncology", "0.9.0")
    lee = desk.office.ledger.people.get("legal_approver")
    adopt(desk.office, "psa", "1.0.0", lee, "code")
    found = [item for item in told(auditor.get("/templates"))["items"] if item["slug"] == "psa"]
    digest = load_template(desk.office.templates, "psa", "1.0.0").digest
    assert [(item["version"], item["digest"], item["practices"]) for item in found] == [
        ("1.0.0", digest, 1),
        ("0.9.0", "", 1),
    ]
    assert (found[0]["adopted"], found[0]["adopted_by"]) == (True, "legal_approver")
    assert (found[1]["adopted"], found[1]["adopted_at"]) == (False, None)


def test_a_version_is_read_clause_by_clause(auditor: Caller) -> None:
    """Each with what it meets and in which words, which stand in the clause."""
    whole = told(auditor.get("/templates/psa/versions/1.0.0"))
    assert (whole["version"], whole["unmet"]) == ("1.0.0", [])
    clauses = {item["id"]: item for item in whole["clauses"]}
    assert clauses[INTERPRETATION]["heading"] == "Interpretation"
    meets = [one for item in whole["clauses"] for one in item["meets"]]
    assert {"psqia.3.20.bona_fide"} <= {one["requirement"]["id"] for one in meets}
    assert all(one["sentence"] and one["requirement"]["citation"] for one in meets)
    for address in ("psa/versions/9.9.9", "none/versions/1.0.0"):
        assert is_problem(auditor.get(f"/templates/{address}"), 404, "not-found")


@pytest.mark.usefixtures("folder")
def test_two_versions_are_compared_word_by_word(auditor: Caller) -> None:
    """The newest with the one before it, unless others are asked for."""
    at = "/templates/psa/differences"
    found = told(auditor.get(at))
    assert (found["old"], found["new"]) == ("1.0.0", "1.1.0")
    changes = {item["id"]: item for item in found["changes"]}
    assert changes[INTERPRETATION]["change"] == "removed"
    assert changes["psa.definitions.reading"]["change"] == "added"
    (altered,) = [item for item in changes.values() if item["change"] == "changed"]
    assert [one["words"] for one in altered["pieces"] if one["is_new"]] == ["prevails always;"]
    back = told(auditor.get(at, old="1.1.0", new="1.0.0"))
    assert {item["id"]: item["change"] for item in back["changes"]}[INTERPRETATION] == "added"
    assert told(auditor.get(at, new="1.0.0"))["changes"] == []
    assert is_problem(auditor.get(at, new="9.9.9"), 404, "not-found")
    assert is_problem(auditor.get("/templates/none/differences"), 404, "not-found")
    assert is_problem(auditor.get(at, since="1.0.0"), 400, "malformed-request")


@pytest.mark.usefixtures("folder")
def test_who_signed_which_and_who_lacks_a_clause(desk: Desk, auditor: Caller) -> None:
    """Only what is known of a text counts; of the others it is said that nothing is known."""
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Hillside Oncology", "1.1.0")
    signed(desk, 3, "Seaside Oncology", "0.9.0")
    own_paper(desk, 4, "Woodside Oncology")
    everybody = ["Hillside Oncology", "Lakeside Oncology", "Seaside Oncology", "Woodside Oncology"]
    assert names(auditor) == everybody
    assert names(auditor, version="1.1.0") == ["Hillside Oncology"]
    assert names(auditor, own_paper="true") == ["Woodside Oncology"]
    assert names(auditor, lacks=INTERPRETATION) == ["Hillside Oncology"]
    assert names(auditor, lacks=INTERPRETATION, version="1.0.0") == []
    page = told(auditor.get("/templates/psa/practices", lacks=INTERPRETATION))
    assert {item["version"]: item["holds"] for item in page["findings"]} == {
        "1.1.0": "no",
        "1.0.0": "yes",
        "0.9.0": "unknown",
    }
    first = told(auditor.get("/templates/psa/practices", limit=3))
    rest = auditor.get("/templates/psa/practices", limit=3, cursor=first["next"])
    assert [item["practice"] for item in told(rest)["items"]] == everybody[3:]
    wrong = auditor.get("/templates/psa/practices", lacks="nonsense")
    assert is_problem(wrong, 422, "input")


def test_an_administrator_reads_texts_and_no_practices(desk: Desk) -> None:
    """As on the desk."""
    caller = Caller.of(desk, "administrator")
    assert caller.get("/templates/psa/versions/1.0.0").status_code == 200
    assert is_problem(caller.get("/templates/psa/practices"), 403, "not-allowed")
