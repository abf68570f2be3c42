"""Letters people receive: plain text and a simple HTML form of the same words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docgen.domain.merge.words import spoken_phone
from docgen.ports.mailer import Mail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.services.office import Office

DEMO = "Demonstration: the people are invented and nothing here binds anyone."
_BODY = "margin:0 auto;max-width:36em;padding:1em;font:16px/1.5 system-ui,sans-serif"


def letter(
    office: Office,
    *,
    key: str,
    to: tuple[str, str],
    subject: str,
    lines: Sequence[str],
    link: tuple[str, str] | None,
) -> Mail:
    """Write one letter; `to` is name and address, `link` its words and target.

    The name is a person's or an office's, or empty where nobody told one. Every letter ends with
    whom to call, and says when it comes from a demonstration.
    """
    name, address = to
    opening = [f"Dear {name}," if name else "Hello,", *lines]
    closing = _closing(office)
    marked = [_paragraph(line) for line in opening]
    plain = list(opening)
    if link is not None:
        words, target = link
        plain.append(f"{words}: {target}")
        href = escape(target, quote=True)
        marked.append(f'<p><a href="{href}"><b>{escape(words)}</b></a></p>')
    body = "\n".join([*marked, *(_paragraph(line) for line in closing)])
    return Mail(
        key=key,
        to_name=name,
        to_address=address,
        subject=subject,
        text="\n\n".join([*plain, *closing]) + "\n",
        html=(
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
            f"<title>{escape(subject)}</title></head>\n"
            f'<body style="{_BODY}">\n{body}\n</body>\n</html>\n'
        ),
        at=office.clock.now(),
    )


def _paragraph(line: str) -> str:
    return f'<p dir="auto">{escape(line)}</p>'


def _closing(office: Office) -> list[str]:
    closing = []
    if office.pso is not None:
        pso = office.pso
        closing.append(
            f"Questions? The coordinator at {pso.short_name}: "
            f"{spoken_phone(pso.phone)} or {pso.email}."
        )
    return [*closing, DEMO] if office.rules.demo else closing
