"""Press: make every form of finished documents, and pass each through the gate."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar

from docgen.ports.press import Forms
from docgen.render.gate import check_pdf, check_words
from docgen.render.html import reading_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.ports.press import Order
    from docgen.ports.typesetter import Typesetter


class PressHere:
    """The press port answered within this process, which keeps engine and fonts in memory."""

    key: ClassVar[str] = "here"

    def __init__(self, typesetter: Typesetter) -> None:
        self._typesetter = typesetter

    def press(self, orders: Iterable[Order]) -> tuple[Forms, ...]:
        """Make all forms; typesetting lets go of the interpreter, so the others are made beside."""
        with ThreadPoolExecutor(1) as beside:
            begun = [
                (
                    order.document,
                    beside.submit(self._typesetter.typeset, order.document),
                    _write(order),
                )
                for order in orders
            ]
            forms = []
            for document, typesetting, (docx, html) in begun:
                typeset = typesetting.result()
                check_pdf(document, typeset.pdf)
                forms.append(Forms(document=document, typeset=typeset, docx=docx, html=html))
            return tuple(forms)


def _write(order: Order) -> tuple[bytes, bytes]:
    # Only when something is made: a process that serves pages has no need of docxtpl.
    from docgen.render.docx import render_docx

    docx = render_docx(order.document, order.shell, properties=order.properties)
    html = reading_view(order.document)
    check_words(order.document, docx=docx, html=html)
    return docx, html
