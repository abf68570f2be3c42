"""Documents that are not the issuer's own: pinned, checked, and each told how it was executed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import sha256_hex
from docgen.domain.evidence import Execution
from tests.verifier.elsewhere import CHECKLIST, blank_pdf, kept_on_file, left_out, their_paper
from tests.verifier.handling import LATER, failed, load_verifier, pack, relist, unpack
from tests.verifier.making import Made, make, rebuild, retell
from tests.verifier.plain import PDFS, plain_kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.history import Activity
    from docgen.domain.plan import Plan, PlannedDocument

PSA = {"psa": PDFS["psa"]}
PINNED, SHEET = "documents/baa/pinned.pdf", "documents/baa/checklist.toml"


@pytest.fixture(scope="module")
def theirs() -> Made:
    """Give a packet of our PSA and the practice's own BAA, all signed on paper."""
    return make(plain_kit(), PSA, on_paper=frozenset(PSA), elsewhere=their_paper())


def _words(made: Made, anchor: Any) -> tuple[int, str, dict[str, str]]:
    verifier = load_verifier()
    case, findings = verifier.examine_all(made.data, LATER, anchor)
    code, words = verifier.conclude(case, findings)
    return code, words, dict(verifier.executions(case))


def test_their_own_paper_and_its_checklist_are_in_the_bundle(theirs: Made, anchor: Any) -> None:
    """The control: both files lie there as pinned, everything holds, and the words say how."""
    files = unpack(theirs.data)
    assert (files[PINNED], files[SHEET]) == (blank_pdf(2), CHECKLIST.encode())
    assert failed(theirs.data, anchor) == set()
    code, words, each = _words(theirs, anchor)
    assert code == 4
    said = "paper execution attested by Cleo Coordinator (user:coordinator)"
    assert set(each) == {"Provider Services Agreement", "Business Associate Agreement"}
    for title, how in each.items():
        assert how == f"{said}, not cryptographically signed"
        assert f"{title}: {how}" in words


@pytest.mark.parametrize("path", [PINNED, SHEET])
def test_an_altered_pinned_file_is_found(theirs: Made, anchor: Any, path: str) -> None:
    """One byte more is enough, also in a list made to match."""
    files = unpack(theirs.data)
    files[path] += b"\n"
    assert "files.digests" in failed(pack(files), anchor)
    assert {"files.digests", "history.binds"} <= failed(pack(relist(files)), anchor)


@pytest.mark.parametrize("path", [PINNED, SHEET])
def test_a_missing_pinned_file_is_found(theirs: Made, anchor: Any, path: str) -> None:
    """Listed or not, it has to be there."""
    files = unpack(theirs.data)
    del files[path]
    assert "files.complete" in failed(pack(files), anchor)
    assert "files.complete" in failed(pack(relist(files)), anchor)


def test_swapped_files_are_found(theirs: Made, anchor: Any) -> None:
    """Paper and checklist exchanged, or the scan in the place of the paper."""
    files = unpack(theirs.data)
    swapped = {**files, PINNED: files[SHEET], SHEET: files[PINNED]}
    assert "files.digests" in failed(pack(relist(swapped)), anchor)
    scan = {**files, PINNED: files["paper/scan.pdf"]}
    assert "files.digests" in failed(pack(relist(scan)), anchor)


def _with(made: Made, name: str, data: bytes) -> Made:
    """Bundle another file of theirs, stated by its digest, by an issuer who holds every key."""
    *ours, their = made.parts.documents
    *others, stated = made.parts.statement.documents
    changed: Any = {name: data}
    digest: Any = {f"{name}_sha256": sha256_hex(data)}
    statement = replace(made.parts.statement, documents=(*others, replace(stated, **digest)))
    documents = (*ours, replace(their, **changed))
    return rebuild(made, plain_kit(), documents=documents, statement=statement)


def test_another_paper_than_planned_is_found_however_well_stated(theirs: Made, anchor: Any) -> None:
    """Statement, list, history and log agree on another file; the approved plan does not."""
    assert failed(_with(theirs, "pinned", blank_pdf(2) + b"\n").data, anchor) == {"plan.documents"}
    assert failed(_with(theirs, "pinned", blank_pdf(3)).data, anchor) == {
        "plan.documents",
        "paper.pages",
    }
    sheet = CHECKLIST.replace("page = 1", "page = 2").encode()
    assert failed(_with(theirs, "checklist", sheet).data, anchor) == {
        "plan.documents",
        "paper.pinned",
    }


def _replanned(made: Made, change: Callable[[Plan], Plan], **parts: Any) -> Made:
    """Tell the packet's life with another plan, approved as such."""
    plan = change(made.parts.plan)

    def tell(item: Activity) -> Activity:
        if "plan_checksum" not in item.details:
            return item
        return replace(item, details={**item.details, "plan_checksum": plan.checksum})

    approvals = tuple(replace(item, plan_checksum=plan.checksum) for item in made.parts.approvals)
    return retell(made, plain_kit(), tell, plan=plan, approvals=approvals, **parts)


def _their(change: Callable[[PlannedDocument], PlannedDocument]) -> Callable[[Plan], Plan]:
    def changed(plan: Plan) -> Plan:
        *ours, their = plan.documents
        return replace(plan, documents=(*ours, change(their)))

    return changed


def _paper(**words: Any) -> Callable[[Plan], Plan]:
    def change(their: PlannedDocument) -> PlannedDocument:
        assert their.paper is not None
        return replace(their, paper=replace(their.paper, **words))

    return _their(change)


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (lambda plan: plan, set()),
        (_paper(file_sha256="0" * 64), {"plan.documents"}),
        (_paper(checklist_sha256="0" * 64), {"plan.documents"}),
        (_paper(checked_by="somebody"), {"paper.pinned"}),
        (_paper(met=()), {"paper.pinned"}),
        (_paper(pages=1), {"paper.pinned", "paper.pages"}),
        (_paper(pages=3), {"paper.pages"}),
        (lambda plan: replace(plan, departures=plan.departures[:1]), {"plan.approved"}),
    ],
)
def test_a_plan_that_says_otherwise_is_found_however_well_approved(
    theirs: Made, anchor: Any, change: Callable[[Plan], Plan], checks: set[str]
) -> None:
    """File, checklist, checker, points and pages are compared; so is that the lawyers were asked."""
    assert failed(_replanned(theirs, change).data, anchor) == checks


@pytest.mark.parametrize(
    "sheet", ["checked_by", 'checked_by = "legal_approver"\n', 'requirement = 1\nchecked_by = ""\n']
)
def test_a_checklist_that_is_none_is_found(theirs: Made, anchor: Any, sheet: str) -> None:
    """However well pinned, it must be readable and filled."""
    made = _with(theirs, "checklist", sheet.encode())
    digest = sha256_hex(sheet.encode())
    again = _replanned(made, _paper(checklist_sha256=digest))
    assert failed(again.data, anchor) == {"paper.pinned"}


@pytest.mark.parametrize("copy", [True, False])
def test_what_is_on_file_is_told_apart(anchor: Any, *, copy: bool) -> None:
    """With a copy it lies in the bundle as pinned; without one nothing stands for it."""
    made = make(plain_kit(), PSA, elsewhere=kept_on_file(copy=copy))
    files = unpack(made.data)
    assert (PINNED in files) == copy
    assert failed(made.data, anchor) == set()
    assert _words(made, anchor)[2] == {
        "Provider Services Agreement": "signed electronically",
        "Business Associate Agreement": "executed before, on file",
    }
    if copy:
        files[PINNED] = blank_pdf(5)
        assert "files.digests" in failed(pack(relist(files)), anchor)
        del files[PINNED]
        assert "files.complete" in failed(pack(relist(files)), anchor)
    else:
        files[PINNED] = blank_pdf(4)
        assert "files.complete" in failed(pack(relist(files)), anchor)


def test_what_is_not_applicable_is_said_so(anchor: Any) -> None:
    """It has no file and no execution, and it does not make the packet a mixed one."""
    made = make(plain_kit(), PSA, elsewhere=left_out())
    assert failed(made.data, anchor) == set()
    assert made.parts.statement.execution is Execution.ELECTRONIC
    words = _words(made, anchor)[2]
    assert words["Business Associate Agreement"] == "not applicable, left out"


def test_a_document_that_is_left_out_silently_is_found(theirs: Made, anchor: Any) -> None:
    """A statement that does not speak of a planned document is not this packet's."""
    statement = replace(theirs.parts.statement, documents=theirs.parts.statement.documents[:1])
    documents = theirs.parts.documents[:1]
    made = rebuild(theirs, plain_kit(), statement=statement, documents=documents)
    assert {"plan.documents", "paper.attested"} <= failed(made.data, anchor)


def test_a_paper_said_to_be_ours_is_found(theirs: Made, anchor: Any) -> None:
    """The source is the planned one."""
    made = _replanned(
        theirs, _their(lambda one: replace(one, source=kept_on_file(copy=False).source))
    )
    assert "plan.documents" in failed(made.data, anchor)
