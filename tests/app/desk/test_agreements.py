"""The agreements' texts on the desk: versions, clauses, differences, adoption, and who signed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docgen.errors import Refused
from docgen.render.manifest import load_template
from docgen.services.adopt import adopt
from docgen.services.survey import Holds, held_by
from tests.app.desk.staff import ONCE
from tests.app.desk.texts import changed, copied, own_paper, signed, with_second_version
from tests.ledger.lives import end

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.desk.staff import Desk

QUERIES = 12
READ = ("coordinator", "legal_approver", "pso_countersigner", "auditor")
NOT_ADOPTED = "Not adopted: nothing is sent with it outside demo mode"
PAGES = ("/desk/templates", "/desk/templates/psa/1.0.0", "/desk/templates/psa/compare")
PRACTICES = "/desk/templates/psa/practices"
BONA_FIDE = "psqia.3.20.bona_fide"
INTERPRETATION = "psa.definitions.interpretation"


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> Path:
    """Give the folder in which there is a second version of the PSA."""
    root = tmp_path / "texts"
    with_second_version(desk, root)
    return root


def page_of(desk: Desk, address: str, key: str = "auditor") -> str:
    """Read a page that must open."""
    answer = desk.as_(key).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def words_of(page: str) -> str:
    """Give a page's words without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_list_says_what_is_adopted_and_signed(desk: Desk) -> None:
    """Each agreement with its version and digest; adopted by whom, or plainly not."""
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Hillside Oncology")
    end(desk.office, "pkt_2", 1)
    page = words_of(page_of(desk, "/desk/templates"))
    root = desk.office.templates
    for slug in ("psa", "baa", "pses"):
        template = load_template(root, slug, "1.0.0")
        assert template.title in page
        assert template.digest[:12] in page
    assert page.count(NOT_ADOPTED) == 3
    assert re.search(r"not adopted \w{12} 2 1 ", page)
    person = desk.office.ledger.people.get("legal_approver")
    adopt(desk.office, "psa", "1.0.0", person, "code")
    page = words_of(page_of(desk, "/desk/templates"))
    assert page.count(NOT_ADOPTED) == 2
    assert "Adopted by Lee Counsel, " in page


def test_a_text_that_changed_after_its_adoption_is_not_adopted(desk: Desk, folder: Path) -> None:
    """An altered file has another digest: the page says so, and the adoption no longer counts."""
    person = desk.office.ledger.people.get("legal_approver")
    adopt(desk.office, "psa", "1.1.0", person, "code")
    signed(desk, 1, "Lakeside Oncology", "1.1.0")
    lacks = f"{PRACTICES}?lacks={BONA_FIDE}"
    assert "copies signed before may differ" not in page_of(desk, lacks)
    assert "Adopted by Lee Counsel" in page_of(desk, "/desk/templates/psa/1.1.0")
    changed(
        folder / "psa" / "1.1.0" / "clauses.yaml",
        ("without limitation, days", "without limit, days"),
    )
    page = page_of(desk, "/desk/templates/psa/1.1.0")
    assert NOT_ADOPTED in page
    assert "changed after its adoption" in page
    assert "copies signed before may differ" in page_of(desk, lacks)
    assert "an earlier text of this number was adopted by Lee Counsel" in page_of(
        desk, "/desk/templates"
    )


def test_a_version_lists_its_clauses_with_what_they_meet(desk: Desk) -> None:
    """Number, heading, requirement, level, and the very words; silence is said."""
    page = page_of(desk, "/desk/templates/psa/1.0.0")
    words = words_of(page).replace("\u00a0", " ")
    assert "Section 2.1 Bona fide contract psa.formation.written" in words
    part = page[page.index('id="psa.formation.written"') : page.index('id="psa.formation.purpose"')]
    assert BONA_FIDE in part
    assert '<span class="level">' in part
    assert "executed in good faith by officials authorized to execute it." in part
    part = page[page.index('id="psa.recital.act"') : page.index('id="psa.recital.program"')]
    assert "Meets no listed requirement." in part
    assert "91 of 91" in words
    assert "Every listed requirement of this agreement is met" in words
    assert "/start/sample/psa/pdf" in page
    assert "printed only when: government" in words


def test_a_requirement_without_a_clause_is_said_plainly(desk: Desk, folder: Path) -> None:
    """It stands at the top, and the text cannot be adopted; the control is the test above."""
    with (folder / "requirements" / "psqia.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[requirement]]\nid = "psqia.invented"\nlevel = "REQ"\ndocument = "psa"\n'
            'citation = "42 CFR 3.999"\ntitle = "something invented"\nfrom_memory = false\n'
        )
    page = words_of(page_of(desk, "/desk/templates/psa/1.0.0", "legal_approver"))
    assert "Requirements that no clause meets REQ something invented psqia.invented" in page
    assert "91 of 92" in page
    assert "cannot be used" in page
    assert "Adopt this version" not in page
    assert "no clause covers psqia.invented" in words_of(page_of(desk, "/desk/templates"))


def test_one_version_alone_cannot_be_compared(desk: Desk) -> None:
    """The page says so, and what it will show."""
    page = page_of(desk, "/desk/templates/psa/compare")
    assert "There is only version 1.0.0" in page
    assert "<select" not in page


@pytest.mark.usefixtures("folder")
def test_two_versions_are_compared_word_by_word(desk: Desk) -> None:
    """What was added, removed and changed, told to the eye and to the ear."""
    for address in ("compare", "compare?from=1.0.0&to=1.1.0", "compare?to=1.1.0"):
        page = page_of(desk, f"/desk/templates/psa/{address}")
        assert "1 added, 1 removed, 1 changed" in page
        assert '<ins><span class="spoken">[added: </span>prevails always;<span' in page
        words = words_of(page).replace("\u00a0", " ")
        assert "Section 1.2 changed psa.definitions.law" in words
        assert "[removed: prevails; ]" in words
        assert "every [removed: other ] duty" in words
        gone = page[page.index(INTERPRETATION) :]
        assert "[removed: </span>Interpretation. “Including” means" in gone
        assert "[added: </span>Rules of reading. “Including” means" in page
    turned = page_of(desk, "/desk/templates/psa/compare?from=1.1.0&to=1.0.0")
    assert "[added: </span>Interpretation. “Including”" in turned
    same = page_of(desk, "/desk/templates/psa/compare?from=1.1.0&to=1.1.0")
    assert "Both are version 1.1.0" in same
    assert "<ins>" not in same


def test_versions_with_the_same_words_say_so(desk: Desk, folder: Path) -> None:
    """Another number and other marks, but no other words."""
    copied(folder / "psa" / "1.0.0", folder / "psa" / "2.0.0")
    changed(folder / "psa" / "2.0.0" / "manifest.toml", ('"1.0.0"', '"2.0.0"'))
    page = page_of(desk, "/desk/templates/psa/compare?from=1.0.0&to=2.0.0")
    assert "The words are the same" in page


@pytest.mark.parametrize(
    "address",
    [
        "none/compare", "none/practices", "none/1.0.0", "psa/9.9.9", "psa/1.0.0%2e%2e", "psa/..%2fbaa",
        "..%2fpsa/1.0.0", "requirements/1.0.0", "psa/1.0.0/none", "psa/9.9.9/adopt",
        "psa/compare?from=9.9.9", "psa/compare?to=../baa/1.0.0", "%00/1.0.0", "psa/manifest.toml",
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_not_found(desk: Desk, address: str) -> None:
    """A page of ours says so, whatever was asked for."""
    answer = desk.as_("legal_approver").get(f"/desk/templates/{address}")
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.content.decode()


def test_a_text_that_cannot_be_read_spares_the_other_pages(desk: Desk, folder: Path) -> None:
    """The list says which text is broken and why; the others are shown."""
    (folder / "psa" / "1.1.0" / "clauses.yaml").write_text("articles: [", "utf-8")
    copied(folder / "psa" / "1.0.0", folder / "psa" / "1.2.0 draft")
    page = words_of(page_of(desk, "/desk/templates"))
    assert "A text cannot be used" in page
    assert "1.2.0 draft: This is not the name of a version" in page
    assert "cannot be used" in page
    assert "Business Associate Agreement" in page
    signed(desk, 1, "Lakeside Oncology", "1.1.0")
    assert "its text cannot be read" in page_of(desk, f"{PRACTICES}?lacks={BONA_FIDE}")
    assert desk.as_("auditor").get("/desk/templates/psa/1.1.0").status_code == 404
    assert page_of(desk, "/desk/templates/psa/1.0.0")
    assert "There is only version 1.0.0" in page_of(desk, "/desk/templates/psa/compare")


def names_in(page: str) -> list[str]:
    """List the practices in the table."""
    return re.findall(r'<td data-label="Practice"><a [^>]+><bdi>([^<]+)', page)


@pytest.mark.usefixtures("folder")
def test_practices_are_listed_by_version(desk: Desk) -> None:
    """Name, version and standing; narrowed by words, version and what is in effect."""
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Hillside Oncology", "1.1.0")
    signed(desk, 3, "Seaside Oncology", "1.1.0")
    own_paper(desk, 4, "Woodside Oncology")
    end(desk.office, "pkt_3", 1)
    hill, lake, sea, wood = "Hillside", "Lakeside", "Seaside", "Woodside"
    for narrowed, wanted in (
        ("", [hill, lake, sea, wood]),
        ("?sort=-practice", [wood, sea, lake, hill]),
        ("?version=1.0.0", [lake]),
        ("?version=1.1.0", [hill, sea]),
        ("?version=1.1.0&in=in_effect", [hill]),
        ("?version=paper", [wood]),
        ("?q=lakeside", [lake]),
        ("?version=;--&q=%00", []),
        ("?page=99&sort=x&in=x", [hill, lake, sea, wood]),
    ):
        found = names_in(page_of(desk, PRACTICES + narrowed))
        assert found == [f"{item} Oncology" for item in wanted], narrowed


@pytest.mark.usefixtures("folder")
def test_long_lists_come_in_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each practice once; what was asked for is asked of the next page too."""
    monkeypatch.setattr("docgen.web.desk.agreements.signed.SIZE", 2)
    for number in range(5):
        signed(desk, number, f"Practice {number}", "1.1.0")
    found: list[str] = []
    for number in (1, 2, 3):
        page = page_of(desk, f"{PRACTICES}?lacks={INTERPRETATION}&page={number}")
        found += names_in(page)
        onward = f"?lacks={INTERPRETATION}&amp;page={number + 1}"
        assert (onward in page) is (number < 3)
    assert found == [f"Practice {number}" for number in range(5)]


@pytest.mark.usefixtures("folder")
def test_who_lacks_a_clause_is_known_by_the_text(desk: Desk) -> None:
    """Only versions whose text is here and lacks it; what is not known is said, never guessed."""
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Hillside Oncology", "1.1.0")
    signed(desk, 3, "Seaside Oncology", "0.9.0")
    own_paper(desk, 4, "Woodside Oncology")
    page = page_of(desk, f"{PRACTICES}?lacks={INTERPRETATION}")
    assert names_in(page) == ["Hillside Oncology"]
    words = words_of(page)
    assert "Version 1.1.0, signed by 1 practice (in effect with 1), lacks it." in words
    assert "Version 1.0.0, signed by 1 practice (in effect with 1), has it." in words
    assert "Version 0.9.0, signed by 1 practice (in effect with 1), is not known" in words
    assert "1 agreement on a practice’s own paper" in words
    page = page_of(desk, f"{PRACTICES}?lacks=psa.definitions.reading")
    assert names_in(page) == ["Lakeside Oncology"]
    assert names_in(page_of(desk, f"{PRACTICES}?lacks=psa.definitions.reading&version=1.1.0")) == []
    page = page_of(desk, f"{PRACTICES}?lacks=psqia.gen.government_rider")
    assert names_in(page) == []
    assert "has it only when: government." in words_of(page)
    page = page_of(desk, f"{PRACTICES}?lacks=nonsense")
    assert "no requirement or clause of this name" in page
    assert names_in(page) == []


def test_a_requirement_dropped_from_a_text_is_lacking(desk: Desk, folder: Path) -> None:
    """The requirement stays in the registry, its clause went: the text lacks it."""
    path = folder / "psa" / "1.1.0" / "coverage.toml"
    parts = path.read_text("utf-8").split("\n\n[[requirement]]")
    path.write_text(
        "\n\n[[requirement]]".join(item for item in parts if f'id = "{BONA_FIDE}"' not in item),
        "utf-8",
    )
    texts = {number: load_template(folder, "psa", number) for number in ("1.0.0", "1.1.0")}
    assert held_by(texts["1.0.0"], BONA_FIDE).holds is Holds.YES
    assert held_by(texts["1.1.0"], BONA_FIDE).holds is Holds.NO
    signed(desk, 1, "Lakeside Oncology")
    signed(desk, 2, "Hillside Oncology", "1.1.0")
    assert names_in(page_of(desk, f"{PRACTICES}?lacks={BONA_FIDE}")) == ["Hillside Oncology"]


def test_a_version_whose_text_is_gone_is_named_and_not_shown(desk: Desk) -> None:
    """The list counts it; its clauses and differences are not to be had."""
    signed(desk, 1, "Seaside Oncology", "0.9.0")
    assert "0.9.0 text not here" in words_of(page_of(desk, "/desk/templates"))
    answer = desk.as_("auditor").get("/desk/templates/psa/0.9.0")
    assert answer.status_code == 404
    assert "no longer here" in answer.content.decode()
    page = page_of(desk, "/desk/templates/psa/compare")
    assert "Signed, but not to be compared" in page


def test_a_legal_approver_adopts_once(desk: Desk) -> None:
    """With the tick: recorded with person, digest and how they signed in; then not offered again."""
    client, at = desk.as_("legal_approver"), "/desk/templates/psa/1.0.0/adopt"
    digest = load_template(desk.office.templates, "psa", "1.0.0").digest
    assert at in client.get("/desk/templates/psa/1.0.0").content.decode()
    refused = desk.send(client, at, digest=digest)
    assert refused.status_code == 422
    assert "Read the text first" in refused.content.decode()
    found = ONCE.search(client.get(at).content.decode())
    assert found is not None
    fields = {"digest": digest, "read": "on", "once": found.group(1)}
    assert [client.post(at, fields).status_code for _ in range(2)] == [302, 302]
    assert desk.history("template:psa:1.0.0") == ["template.adopted"]
    adoption = desk.office.ledger.people.adoption(digest)
    assert adoption is not None
    assert adoption.person == "legal_approver"
    assert adoption.authentication != "claimed"
    assert at not in client.get("/desk/templates/psa/1.0.0").content.decode()
    assert "adopted already" in client.get(at).content.decode()


@pytest.mark.parametrize("key", ["coordinator", "pso_countersigner", "auditor", "administrator"])
def test_nobody_else_adopts(desk: Desk, key: str) -> None:
    """By the table; the button is not shown either. The control is the test above."""
    client, at = desk.as_(key), "/desk/templates/psa/1.0.0"
    page = client.get(at).content.decode()
    assert "/adopt" not in page
    digest = load_template(desk.office.templates, "psa", "1.0.0").digest
    fields = {"digest": digest, "read": "on", "once": "x" * 32}
    assert client.post(f"{at}/adopt", fields).status_code == 403
    assert desk.history("template:psa:1.0.0") == []


def test_adopting_asks_again_who_it_is(desk: Desk) -> None:
    """Somebody who signed in long ago shows first that it is them; nothing is done before."""
    client, at = desk.as_("legal_approver", fresh=False), "/desk/templates/psa/1.0.0/adopt"
    digest = load_template(desk.office.templates, "psa", "1.0.0").digest
    for answer in (
        client.get(at),
        client.post(at, {"digest": digest, "read": "on", "once": "x" * 32}),
    ):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/")
    assert desk.history("template:psa:1.0.0") == []


def test_only_the_text_that_was_shown_is_adopted(desk: Desk, folder: Path) -> None:
    """Changed between the page and the button: refused, by page and service; then it may be."""
    client, at = desk.as_("legal_approver"), "/desk/templates/psa/1.1.0/adopt"
    shown = load_template(folder, "psa", "1.1.0").digest
    changed(
        folder / "psa" / "1.1.0" / "clauses.yaml",
        ("without limitation, days", "without limit, days"),
    )
    answer = desk.send(client, at, digest=shown, read="on")
    assert answer.status_code == 422
    assert "changed since this page was opened" in answer.content.decode()
    person = desk.office.ledger.people.get("legal_approver")
    with pytest.raises(Refused, match="changed since"):
        adopt(desk.office, "psa", "1.1.0", person, "code", seen=shown)
    assert desk.history("template:psa:1.1.0") == []
    now = load_template(folder, "psa", "1.1.0").digest
    assert desk.send(client, at, digest=now, read="on").status_code == 302
    assert desk.history("template:psa:1.1.0") == ["template.adopted"]


@pytest.mark.parametrize("key", [*READ, "administrator", ""])
def test_who_may_look(desk: Desk, key: str) -> None:
    """Readers see all; an administrator the texts without the practices; nobody else anything."""
    client = desk.as_(key)
    for address in PAGES:
        assert client.get(address).status_code == (200 if key else 302)
    wanted = 200 if key in READ else 403 if key else 302
    assert client.get(PRACTICES).status_code == wanted
    if key == "administrator":
        assert PRACTICES not in client.get("/desk/templates").content.decode()


def test_pages_ask_the_database_a_fixed_number_of_times(desk: Desk) -> None:
    """However many practices and versions, the same queries."""
    client = desk.as_("legal_approver")
    places = (*PAGES, PRACTICES, f"{PRACTICES}?lacks={BONA_FIDE}", f"{PAGES[1]}/adopt")
    before = {place: desk.queries(client, place) for place in places}
    for number in range(4):
        signed(desk, number, f"Practice {number}", f"0.{number}.0")
    after = {place: desk.queries(client, place) for place in places}
    assert max(after.values()) <= QUERIES, after
    # An empty list asks neither for its rows nor for their lines.
    assert {place: count for place, count in after.items() if count > before[place] + 2} == {}
