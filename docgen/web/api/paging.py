"""Long lists a page at a time: a cursor leads on in the very list it came from, only there."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from docgen.domain.canonical import digest_of
from docgen.errors import MalformedRequest
from docgen.ports.register_query import Paging

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.ports.register import Page

Item = TypeVar("Item")

MOST, USUAL = 200, 50
_CURSOR = re.compile(r"1\.([1-9][0-9]{0,8})\.([0-9a-f]{16})")
_FOREIGN = "This cursor is not one of this list; begin again without a cursor."


class AddressAsked(BaseModel):
    """What an address asks for besides its path."""

    model_config = ConfigDict(extra="forbid")

    def refuse_unknown(self, request: HttpRequest) -> None:
        """Check that the address asks for nothing else.

        Raises:
            MalformedRequest: a field is unknown; to ignore it would mislead.
        """
        unknown = sorted(set(request.GET) - set(type(self).model_fields))
        if unknown:
            known = ", ".join(sorted(type(self).model_fields))
            raise MalformedRequest(
                f"The address asks for what this list cannot; it knows: {known}."
            )


class PageAsked(AddressAsked):
    """Which piece of a list is asked for."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many at most.")
    cursor: str = Field("", max_length=200, description="What `next` gave; empty for the first.")

    def paging(self, request: HttpRequest) -> Paging:
        """Say which page this is.

        Raises:
            MalformedRequest: the cursor is not one of this list, or a field is unknown.
        """
        self.refuse_unknown(request)
        return Paging(number=self._number() if self.cursor else 1, size=self.limit)

    def next(self, page: Page[Item]) -> str | None:
        """Give the cursor of the following page; None after the last."""
        if page.number >= page.last:
            return None
        plain = f"1.{page.number + 1}.{self._digest()}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def _number(self) -> int:
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            plain = base64.b64decode(padded.encode(), altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, UnicodeError) as error:
            raise MalformedRequest(_FOREIGN) from error
        found = _CURSOR.fullmatch(plain)
        if found is None or found[2] != self._digest():
            raise MalformedRequest(_FOREIGN)
        return int(found[1])

    def _digest(self) -> str:
        """Digest what is asked, so that a cursor fits one list only."""
        asked = self.model_dump(mode="json", exclude={"cursor"})
        return digest_of({"list": type(self).__name__, "asked": asked})[:16]
