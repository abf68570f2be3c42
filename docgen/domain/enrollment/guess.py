"""Which field somebody meant who wrote a name that no field has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 40
_LIKE_ENOUGH = 0.75
# What other forms call our fields, where the letters do not tell.
_ELSEWHERE = {
    "address1": "line1",
    "address2": "line2",
    "facilitys": "facilities",
    "first_name": "given_name",
    "last_name": "family_name",
    "locations": "facilities",
    "mail": "email",
    "mobile": "phone",
    "sites": "facilities",
    "street": "line1",
    "surname": "family_name",
    "tax_id": "ein",
    "telephone": "phone",
    "tin": "ein",
    "zip": "postal_code",
    "zip_code": "postal_code",
    "zipcode": "postal_code",
}


def likely_name(written: object, names: Collection[str]) -> str:
    """Return the one of the names that was probably meant, or an empty text."""
    if not isinstance(written, str) or len(written) > _LONGEST:
        return ""
    plain = written.strip().casefold().replace("-", "_").replace(" ", "_")
    known = _ELSEWHERE.get(plain, plain)
    if known in names:
        return known
    return next(iter(get_close_matches(plain, names, n=1, cutoff=_LIKE_ENOUGH)), "")
