"""The first page of a bundle leads only to files that are in it, and claims what is so."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from docgen.render.start_here import start_here
from tests.verifier.making import Made, make
from tests.verifier.plain import PDFS, plain_kit

BOTH = frozenset({"psa", "baa"})
WAYS = {"online": frozenset[str](), "mixed": frozenset({"baa"}), "on paper": BOTH}


def page(made: Made, *, practice: str = "Lakeside Radiation Oncology") -> str:
    """Write the page of a bundle."""
    plan = replace(made.parts.plan, practice=practice)
    return start_here(
        made.parts.statement, plan, issuer="Example Group, Inc.", development=True
    ).decode()


@pytest.mark.parametrize("way", WAYS)
def test_every_link_leads_to_a_file_of_the_bundle(way: str) -> None:
    """However it was executed."""
    made = make(plain_kit(), PDFS, on_paper=WAYS[way])
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        there = set(archive.namelist())
    links = re.findall(r'href="([^"]+)"', page(made))
    assert len(links) >= 5
    assert set(links) <= there


@pytest.mark.parametrize("way", WAYS)
def test_it_claims_what_is_so(way: str) -> None:
    """Signatures are spoken of where there are some, the scan where there is one."""
    shown = page(make(plain_kit(), PDFS, on_paper=WAYS[way]))
    assert ("time-stamped; any later change" in shown) is (way != "on paper")
    assert ("A scan is not an electronic signature" in shown) is (way != "online")
    assert "Made with development keys" in shown


def test_names_are_text() -> None:
    """What a form says about itself becomes no markup."""
    shown = page(make(plain_kit(), PDFS), practice="<script>alert(1)</script> Oncology")
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
