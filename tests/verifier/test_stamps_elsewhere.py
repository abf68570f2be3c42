"""Genuine time stamps of a trusted authority, but over something else than what bears them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sign.pades.baseline import sign_baseline
from tests.verifier.handling import anchor_of, failed, pack, relist, unpack
from tests.verifier.lenient import Lenient
from tests.verifier.making import make
from tests.verifier.signing import real_kit, small_pdf, stamped_anew

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from integrations.sign.pades.authority import Credential

SIGNED = "documents/psa/signed.pdf"
OTHER = hashlib.sha256(b"What was agreed on a year before.").digest()


class Astray:
    """Has digests stamped by an authority: each as it is, or another one in its stead."""

    def __init__(self, stamps: Any, *, astray: bool) -> None:
        self._stamps, self._astray = stamps, astray

    def stamp(self, digest: bytes) -> Any:
        """Get a token that is genuine."""
        return self._stamps.stamp(OTHER if self._astray else digest)


def _signer(*, astray: bool) -> type[Lenient]:
    class Signer(Lenient):
        """Puts a stamp over something else into each signature."""

        def _signing(self, credential: Credential) -> Callable[[bytes], bytes]:
            stamps: Any = Astray(self._stamps, astray=astray)
            return lambda digest: sign_baseline(digest, credential, stamps)

    return Signer


@pytest.mark.parametrize(("astray", "failing"), [(True, {"pdf.valid"}), (False, set())])
def test_a_stamp_within_a_signature_is_over_that_signature(
    tmp_path: Path, failing: set[str], *, astray: bool
) -> None:
    """The service that signs for people cannot date them by a stamp made for something else."""
    kit = real_kit(tmp_path, signer=_signer(astray=astray))
    made = make(kit, {"psa": small_pdf("Provider Services Agreement")})
    assert failed(made.data, anchor_of(made.anchor, tmp_path), pdf=True) == failing


@pytest.mark.parametrize(("astray", "failing"), [(True, {"pdf.valid"}), (False, set())])
def test_the_last_stamp_is_over_the_file(
    tmp_path: Path, failing: set[str], *, astray: bool
) -> None:
    """One that covers the whole by what it says, and was made over something else."""
    kit: Any = real_kit(tmp_path)
    made = make(kit, {"psa": small_pdf("Provider Services Agreement")})
    files = unpack(made.data)
    kit.signer._stamps = Astray(kit.signer._stamps, astray=astray)
    data = pack(relist({**files, SIGNED: stamped_anew(files[SIGNED], kit.signer)}))
    found = failed(data, anchor_of(made.anchor, tmp_path), pdf=True)
    assert {one for one in found if one.startswith("pdf.")} == failing
