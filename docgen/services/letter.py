"""Letters people receive: plain text and a simple HTML form of the same words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docgen.ports.mailer import Mail

if TYPE_CHECKING:
    from collections.abc import Sequence


def letter(
    *,
    key: str,
    to: tuple[str, str],
    subject: str,
    lines: Sequence[str],
    link: tuple[str, str] | None,
) -> Mail:
    """Write one letter; `to` is name and address, `link` its words and target."""
    name, address = to
    opening = f"Dear {name},"
    plain = [opening, *lines]
    marked = [f"<p>{escape(line)}</p>" for line in plain]
    if link is not None:
        words, target = link
        plain.append(f"{words}: {target}")
        marked.append(f'<p><a href="{escape(target, quote=True)}">{escape(words)}</a></p>')
    body = "\n".join(marked)
    return Mail(
        key=key,
        to_name=name,
        to_address=address,
        subject=subject,
        text="\n\n".join(plain) + "\n",
        html=f'<!doctype html>\n<html lang="en">\n<body>\n{body}\n</body>\n</html>\n',
    )
