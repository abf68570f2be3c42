"""Ids as parts of the address that is asked, looked at before they are put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound

if TYPE_CHECKING:
    import re


def address_part(text: str, form: re.Pattern[str], service: str) -> str:
    """Give an id back if it has the form of the service's own, which hold nothing but one part.

    Ids come from a service's answers and from callbacks. With a slash, a question mark or two dots
    in it, one would have something else asked than was meant.

    Raises:
        NotFound: it has another form, so the service has nothing by it and is not asked.
    """
    if not form.fullmatch(text):
        raise NotFound(f"The signing service {service} knows no such envelope.")
    return text
