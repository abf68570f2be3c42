"""What every time stamper promises; answers are read with other libraries than ours."""

from __future__ import annotations

import abc
import hashlib
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from asn1crypto import tsp

from docgen.errors import ServiceUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.timestamper import TimeStamper

NOW = datetime(2026, 11, 2, 14, 3, 22, tzinfo=UTC)
DIGEST = hashlib.sha256(b"some bytes").digest()


def request(
    digest: bytes = DIGEST,
    *,
    nonce: int | None = 0x1234567890ABCDEF,
    algorithm: str = "sha256",
    certificate: bool = True,
    **more: object,
) -> bytes:
    """Give a request."""
    content = {
        "version": 1,
        "message_imprint": {
            "hash_algorithm": {"algorithm": algorithm},
            "hashed_message": digest,
        },
        "cert_req": certificate,
        **({} if nonce is None else {"nonce": nonce}),
        **more,
    }
    return bytes(tsp.TimeStampReq(content).dump())


def stamped(response: bytes) -> tsp.TSTInfo:
    """Read what an answer states."""
    token = tsp.TimeStampResp.load(response, strict=True)["time_stamp_token"]
    return token["content"]["encap_content_info"]["content"].parsed


class TimeStamperContract(abc.ABC):
    """One suite for all; subclasses give `stamper`, which stamps `NOW`, and its `root`."""

    @pytest.fixture
    @abc.abstractmethod
    def stamper(self) -> TimeStamper:
        """Give a stamper whose clock stands at `NOW`."""

    @pytest.fixture
    @abc.abstractmethod
    def root(self) -> bytes:
        """Give the root its certificate leads to, as PEM."""

    @pytest.mark.parametrize("nonce", [None, 0, 1, 127, 128, 255, 256, 2**63, 2**64 - 1, 2**130])
    def test_the_answer_is_for_the_request(self, stamper: TimeStamper, nonce: int | None) -> None:
        """Digest, nonce and moment are those asked for."""
        info = stamped(stamper.respond(request(nonce=nonce)))
        assert info["message_imprint"]["hashed_message"].native == DIGEST
        assert info["nonce"].native == nonce
        assert info["gen_time"].native == NOW
        assert info["serial_number"].native > 0

    @pytest.mark.parametrize(
        ("algorithm", "size"), [("sha256", 32), ("sha384", 48), ("sha512", 64)]
    )
    def test_longer_digests_are_stamped_too(
        self, stamper: TimeStamper, algorithm: str, size: int
    ) -> None:
        """The SHA-2 family is accepted, and named in the answer."""
        info = stamped(stamper.respond(request(bytes(size), algorithm=algorithm)))
        assert info["message_imprint"]["hash_algorithm"]["algorithm"].native == algorithm

    def test_serial_numbers_differ(self, stamper: TimeStamper) -> None:
        """No two tokens share a serial number."""
        answers = [stamper.respond(request(nonce=number)) for number in range(8)]
        assert len({stamped(answer)["serial_number"].native for answer in answers}) == 8

    @pytest.mark.parametrize("certificate", [True, False])
    def test_the_certificate_comes_when_asked_for(
        self, stamper: TimeStamper, *, certificate: bool
    ) -> None:
        """`certReq` decides whether the token carries its certificate."""
        response = tsp.TimeStampResp.load(stamper.respond(request(certificate=certificate)))
        found = response["time_stamp_token"]["content"]["certificates"].native
        assert bool(found) is certificate

    @pytest.mark.parametrize(
        "junk",
        [
            b"",
            b"\x30\x00",
            b"junk" * 40,
            request()[:-3],
            request() + b"\x00",
            request(b"short"),
            request(bytes(20), algorithm="sha1"),
            request(nonce=2**600),
            request(req_policy="1.2.3.4"),
        ],
        ids=("empty", "hollow", "junk", "cut", "tail", "short", "sha1", "nonce", "policy"),
    )
    def test_a_bad_request_gets_no_token(self, stamper: TimeStamper, junk: bytes) -> None:
        """What is no request, or asks for the unsupported, ends in our own error."""
        with pytest.raises(ServiceUnavailable) as refusal:
            stamper.respond(junk)
        assert refusal.value.service == "timestamp"

    def test_openssl_accepts_the_answer(
        self, stamper: TimeStamper, root: bytes, tmp_path: Path
    ) -> None:
        """An implementation that is not ours verifies the token against request and root."""
        asked = request()
        files = {"q": asked, "r": stamper.respond(asked), "ca": root}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        verify = ["openssl", "ts", "-verify", "-queryfile", "q", "-in", "r", "-CAfile", "ca"]
        done = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout + done.stderr, done.stderr
        other = request(hashlib.sha256(b"other bytes").digest())
        (tmp_path / "q").write_bytes(other)
        done = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" not in done.stdout + done.stderr
