"""The reading view: the document as accessible HTML, the same words in the same order."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from docgen.domain.document import PANEL_LABELS
from docgen.render.fields import DocumentEnvironment

if TYPE_CHECKING:
    from jinja2 import Template

    from docgen.domain.document import Document


@cache
def _template() -> Template:
    return DocumentEnvironment(trim=True).from_string(_resource("reading.html"))


@cache
def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def stylesheet() -> str:
    """Give the one style sheet of the reading view."""
    return _resource("reading.css")


def reading_view(document: Document) -> bytes:
    """Write the document as one HTML page, without script, that refers to nothing outside itself.

    The document's own part stands in `<main>`, so that a page may embed it.
    """
    page = _template().render(
        document=document,
        labels=PANEL_LABELS,
        style=Markup(stylesheet()),  # noqa: S704 - our own file
    )
    return page.encode()
