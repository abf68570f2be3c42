"""The National Provider Identifier's check digit."""

from __future__ import annotations

import re

# The digit is computed as if the number stood behind 80840 (80 health, 840 United States), which
# always adds 24 (CMS, NPI check digit standard).
_PREFIX_SUM = 24


def npi_check_digit(nine: str) -> int:
    """Compute the tenth digit from the first nine (Luhn, modulus 10)."""
    total = _PREFIX_SUM
    for index, char in enumerate(reversed(nine)):
        digit = int(char) * (2 if index % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit  # noqa: PLR2004 - sum of its two digits
    return -total % 10


def npi_valid(npi: str) -> bool:
    """Say whether the text is ten ASCII digits, starts with 1 or 2, and its check digit holds."""
    return re.fullmatch(r"[12][0-9]{9}", npi) is not None and npi_check_digit(npi[:9]) == int(
        npi[9]
    )
