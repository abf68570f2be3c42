"""Expiry: what ends soon, told while there is time to do something about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509

from docgen.ports.signer import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.services.office import Office

WARNED_BEFORE = timedelta(days=180)
_COMPANY = (
    "have the site's issuing key certified under the company's next root, put that into the file "
    "that [signing] chain names, and hand out the anchor"
)
_ROTATE = "an administrator runs `docgen keys rotate signing --as PERSON` and hands out the anchor"


def expiring(office: Office) -> list[str]:
    """Name each certificate and list in use that has ended or ends soon, and what to do about it.

    Certificates are named 180 days before, lists 30. Roots that were rotated out may end: what they
    signed carries its time stamps.
    """
    today = office.clock.now()
    roots = (
        Ending(
            what=f"the root of {what}",
            ends=x509.load_pem_x509_certificate(pem).not_valid_after_utc,
            remedy=remedy,
            notice=WARNED_BEFORE,
        )
        for what, pem, remedy in _roots(office)
    )
    return [
        f"{one.what} {'ended' if one.ends <= today else 'ends'} on {one.ends:%Y-%m-%d}: "
        f"{one.remedy}"
        for one in (*roots, *office.signer.endings())
        if one.ends <= today + one.notice
    ]


def _roots(office: Office) -> Iterator[tuple[str, bytes, str]]:
    trust = office.signer.trust()
    remedy = _ROTATE if office.signer.development else _COMPANY
    yield "the signatures", trust.signing_roots[0], remedy
    own = set(trust.signing_roots)
    for pem in trust.timestamp_roots:
        if pem not in own:
            remedy = "put the authority's new chain into the file that [timestamp] chain names"
            yield "the time stamps", pem, remedy
    for text in office.rules.service_roots:
        remedy = "add the service's new root to seal_roots in its part of settings.toml"
        yield "an outside signing service", text.encode(), remedy
