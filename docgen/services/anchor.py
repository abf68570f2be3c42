"""The anchor: what a stranger must have from us, by another way than the bundle, to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.services.office import Office

FORMAT = "docgen-anchor/1"


def anchor_of(office: Office) -> dict[str, object]:
    """Give this site's anchor: signing and time-stamping roots, and the log's public key."""
    trust = office.signer.trust()
    return {
        "format": FORMAT,
        "name": office.rules.log_origin,
        "signing_roots": [pem.decode() for pem in trust.signing_roots],
        "timestamp_roots": [pem.decode() for pem in trust.timestamp_roots],
        "log_keys": [str(office.checkpoint_signer.vkey)],
    }
