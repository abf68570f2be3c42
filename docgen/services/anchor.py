"""The anchor: what a stranger must have from us, by another way than the bundle, to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.evidence import Anchor

if TYPE_CHECKING:
    from docgen.services.office import Office


def anchor_of(office: Office) -> dict[str, object]:
    """Give this site's anchor: signing and time-stamping roots, and the log's public keys.

    The present ones come first; those that were rotated out stay, so that bundles made under them
    keep verifying.
    """
    trust = office.signer.trust()
    log = office.checkpoint_signer
    anchor = Anchor(
        name=office.rules.log_origin,
        signing_roots=tuple(pem.decode() for pem in trust.signing_roots),
        timestamp_roots=tuple(pem.decode() for pem in trust.timestamp_roots),
        log_keys=tuple(str(key) for key in (log.vkey, *log.retired)),
        service_roots=office.rules.service_roots,
    )
    return anchor.to_json()
