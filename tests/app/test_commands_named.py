"""A sentence that names a command of the terminal names a page where it stands on one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from docgen.errors import DigestMismatch
from docgen.services.readiness import deployment_faults
from docgen.web.commands import for_pages
from integrations.archive.filesystem import FilesystemArchive
from tests.app.desk.staff import Desk

ROOT = Path(__file__).parents[2] / "docgen"
FOR_OPERATORS = {"expiry.py"}  # keys are changed on the server alone; no page does it


def sentences() -> list[str]:
    """List every text of db and services that names a command; what documents code is left out."""
    found = []
    for path in sorted([*ROOT.glob("db/**/*.py"), *ROOT.glob("services/**/*.py")]):
        if path.name in FOR_OPERATORS:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        about = {
            id(item.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            for item in node.body[:1]
            if isinstance(item, ast.Expr)
        }
        found += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in about
            and "`docgen " in node.value
            and not node.value.endswith(" ")  # half a sentence, with names put into it
        ]
    return found


def test_there_are_such_sentences() -> None:
    """The control: the search finds those that are known."""
    assert any("docgen status" in one for one in sentences())
    assert any("docgen templates adopt" in one for one in sentences())


@pytest.mark.parametrize("sentence", sentences())
def test_each_is_told_otherwise_on_a_page(sentence: str) -> None:
    """No page sends a person to a terminal."""
    told = for_pages(sentence)
    assert "docgen" not in told
    assert "`" not in told.replace("`checked_by`", "")


def test_what_is_amiss_before_real_use_names_pages(desk: Desk) -> None:
    """The administrator's page, though each sentence is made with names in it."""
    told = " ".join(map(for_pages, deployment_faults(desk.office)))
    assert "adopts it under Templates" in told
    assert "docgen" not in told


def test_a_damaged_file_says_what_to_do_with_a_second_copy_and_without(tmp_path: Path) -> None:
    """The folder's own sentence, on a terminal and on a page."""
    archive = FilesystemArchive(tmp_path)
    receipt = archive.put(b"agreement")
    path = Path(receipt.location)
    path.chmod(0o644)
    path.write_bytes(b"Agreement")
    with pytest.raises(DigestMismatch) as refused:
        archive.open(receipt.sha256)
    told = str(refused.value)
    assert "`docgen archive scrub` restores it from the second copy; where none is set up, " in told
    assert told.endswith("put it back from a back-up.")
    assert "an operator can have it restored from the second copy; where none" in for_pages(told)


def test_any_other_sentence_stays() -> None:
    """Only commands are replaced."""
    assert for_pages("Write `x` here.") == "Write `x` here."


def test_what_is_not_found_is_told_without_a_command(desk: Desk) -> None:
    """As the pages say it."""
    page = desk.as_("coordinator").get("/desk/packets/pkt_none").content.decode()
    assert "No packet is stored under this id; the lists in the menu show what there is." in page
