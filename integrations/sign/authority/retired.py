"""Roots that sign no longer and stay trusted for what they signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Mapping


def retired_roots(files: Mapping[str, bytes]) -> tuple[x509.Certificate, ...]:
    """Give the roots kept as `retired-*.pem`.

    Raises:
        ValueError, TypeError, InvalidSignature: one is no root.
    """
    found = tuple(
        x509.load_pem_x509_certificate(files[name])
        for name in sorted(files)
        if name.startswith("retired-")
    )
    for one in found:
        one.verify_directly_issued_by(one)
    return found
