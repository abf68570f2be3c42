"""A process that signs with given keys and then waits to be searched; run by test_no_key_here.

python holding.py HOME REFERENCE       `file`, or what stands as [signing] keys
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(home: str, reference: str) -> None:
    """Issue, certify and seal; say so; wait."""
    from integrations.keys.file import FileKeys
    from integrations.keys.kms import KmsKeys
    from integrations.keys.pkcs11 import Pkcs11Keys
    from integrations.sign.authority import LocalAuthority
    from tests.verifier.making import START
    from tests.verifier.outside import kit_of
    from tests.verifier.signing import small_pdf

    folder = Path(home) / "authority"
    pin = os.environ.get("DOCGEN_SIGNING_PIN", "")
    if reference == "file":
        authority = LocalAuthority.open_or_create(folder, at=START)
        assert FileKeys(folder).find("acts-001") is not None
    else:
        kind = Pkcs11Keys if reference.startswith("pkcs11:") else KmsKeys
        store = kind.at(reference, pin=pin)
        authority = LocalAuthority.open_or_create(folder, at=START, store=store, seal=store)
    signer = kit_of(authority, authority).signer
    pdf = signer.seal(signer.certify(small_pdf("Searched"), (), at=START), at=START)
    (Path(home) / "sealed.pdf").write_bytes(pdf)
    sys.stdout.write("signed\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
