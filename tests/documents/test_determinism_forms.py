"""Same input, same bytes: twice in one process, and in another with another clock, place and seed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import pytest

from docgen.render.docx import open_shell, render_docx
from docgen.render.html import reading_view
from tests.documents.rendered import PROPERTIES, SLUGS, made, pdf_of, typesetter
from tests.unit.render.making import ROOT

NAME = "names-many-scripts"
PRINT_DIGESTS = """
import hashlib, json
from tests.documents.rendered import SLUGS, made, pdf_of
digest = lambda data: hashlib.sha256(data).hexdigest()
forms = lambda slug: (made({name!r}, slug).docx, made({name!r}, slug).html, pdf_of({name!r}, slug))
print(json.dumps({{slug: [digest(data) for data in forms(slug)] for slug in SLUGS}}))
"""


@pytest.mark.parametrize("slug", SLUGS)
def test_twice_gives_the_same_bytes(slug: str) -> None:
    """Rendering again, with nothing kept from the first time, gives the same bytes."""
    first = made(NAME, slug)
    open_shell.cache_clear()
    again = render_docx(first.document, first.template.shell, properties=PROPERTIES)
    assert again == first.docx
    assert reading_view(first.document) == first.html
    assert typesetter().typeset(first.document).pdf == pdf_of(NAME, slug)


def test_the_order_of_properties_does_not_matter() -> None:
    """Properties given in another order are written in the same order."""
    first = made(NAME, "psa")
    other = dict(reversed(PROPERTIES.items()))
    assert render_docx(first.document, first.template.shell, properties=other) == first.docx


@pytest.mark.parametrize(
    ("seed", "zone", "language"),
    [("0", "Asia/Kathmandu", "C"), ("77", "America/Adak", "tr_TR.UTF-8")],
)
def test_another_process_gives_the_same_bytes(seed: str, zone: str, language: str) -> None:
    """Another process, hash seed, time zone, language and folder give the same three forms."""
    mine = {
        slug: [
            hashlib.sha256(data).hexdigest()
            for data in (made(NAME, slug).docx, made(NAME, slug).html, pdf_of(NAME, slug))
        ]
        for slug in SLUGS
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LC_")},
        "PYTHONHASHSEED": seed,
        "TZ": zone,
        "LANG": language,
        "LC_ALL": language,
        "PYTHONPATH": str(ROOT),
        "SOURCE_DATE_EPOCH": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT_DIGESTS.format(name=NAME)],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(done.stdout) == mine
