"""A time stamp is believed only if it is for this digest, of this request, by a known authority."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from asn1crypto import cms, tsp

from docgen.errors import DocgenError, ServiceRejected, ServiceUnavailable
from integrations.sign.authority import LocalAuthority
from integrations.sign.pades.authority import Holder
from integrations.sign.pades.chain import Roots
from integrations.sign.pades.stamping import Stamps
from integrations.system.clock import StandingClock
from integrations.timestamp.fake import FakeTimeStamper
from integrations.timestamp.local import LocalTimeStamper
from tests.contracts.signer import AT
from tests.contracts.timestamper import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.ports.timestamper import TimeStamper

DIGEST = hashlib.sha256(b"a signature").digest()
CLOCK = StandingClock(AT)
FAKE = FakeTimeStamper(CLOCK)


class Tampering:
    """Stands between the client and an authority, and changes what passes."""

    key: ClassVar[str] = "tampering"

    def __init__(
        self,
        stamper: TimeStamper,
        *,
        asked: Callable[[bytes], bytes] = lambda request_der: request_der,
        answered: Callable[[bytes], bytes] = lambda response_der: response_der,
    ) -> None:
        self._stamper = stamper
        self._asked = asked
        self._answered = answered

    def respond(self, request_der: bytes) -> bytes:
        """Change the question, or the answer."""
        return self._answered(self._stamper.respond(self._asked(request_der)))


def flip(place: int) -> Callable[[bytes], bytes]:
    """Flip one bit, counted from the end."""

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[-place] ^= 1
        return bytes(changed)

    return flipped


def without_certificate(asked: bytes) -> bytes:
    """Ask for a token without its certificate."""
    wanted = tsp.TimeStampReq.load(asked)
    wanted["cert_req"] = False
    return bytes(wanted.dump())


def test_an_honest_token_is_believed() -> None:
    """The control: token and moment come back."""
    token = Stamps(FAKE, Roots([FAKE.root])).stamp(DIGEST)
    assert token.at == AT
    assert DIGEST in token.der


@pytest.mark.parametrize(
    "tampering",
    [
        Tampering(FAKE, asked=lambda _: request(DIGEST)),
        Tampering(FAKE, asked=lambda _: request(DIGEST, nonce=None)),
        Tampering(FAKE, asked=lambda asked: asked.replace(DIGEST, bytes(32))),
        Tampering(FAKE, asked=without_certificate),
        Tampering(FAKE, answered=flip(1)),
        Tampering(FAKE, answered=flip(200)),
        Tampering(FAKE, answered=lambda answer: answer.replace(DIGEST, bytes(32))),
        Tampering(FAKE, answered=lambda _: FAKE.respond(request(DIGEST))),
        Tampering(FAKE, answered=lambda _: b""),
        Tampering(FAKE, answered=lambda answer: answer[:-1]),
        Tampering(FAKE, answered=lambda answer: answer + b"\x00"),
        Tampering(FAKE, answered=lambda _: bytes.fromhex("30053003020102")),
    ],
    ids=(
        "nonce", "no nonce", "digest asked", "no certificate", "signature", "attributes",
        "digest answered", "replayed", "empty", "cut", "tail", "rejection",
    ),
)  # fmt: skip
def test_anything_else_signs_nothing(tampering: Tampering) -> None:
    """Every change on the way is refused, with the authority named as the cause."""
    with pytest.raises(DocgenError) as refusal:
        Stamps(tampering, Roots([FAKE.root])).stamp(DIGEST)
    assert isinstance(refusal.value, (ServiceRejected, ServiceUnavailable))
    assert refusal.value.service == "timestamp"


def test_no_flipped_bit_changes_what_is_believed() -> None:
    """Flipped anywhere, a token is refused; a few bytes that nothing signs may differ unnoticed."""
    honest = len(FAKE.respond(request(DIGEST)))
    refused = 0
    for place in range(1, honest - 10, 3):
        try:
            stamps = Stamps(Tampering(FAKE, answered=flip(place)), Roots([FAKE.root]))
            token = stamps.stamp(DIGEST)
        except (ServiceRejected, ServiceUnavailable):
            refused += 1
            continue
        info = cms.ContentInfo.load(token.der)["content"]["encap_content_info"]["content"].parsed
        assert token.at == info["gen_time"].native == AT
        assert info["message_imprint"]["hashed_message"].native == DIGEST
    assert refused > 0.9 * len(range(1, honest - 10, 3))


def test_an_unknown_authority_is_not_believed() -> None:
    """A good token whose certificate leads to no root of ours is refused."""
    other = FakeTimeStamper(CLOCK, word="other")
    with pytest.raises(ServiceRejected):
        Stamps(other, Roots([FAKE.root])).stamp(DIGEST)


def test_a_certificate_for_something_else_stamps_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A person's certificate of our own authority is no time-stamp certificate."""
    authority = LocalAuthority.open_or_create(tmp_path_factory.mktemp("ca") / "ca", at=AT)
    person = authority.issue(Holder(name="Ada", organization="X", act_id="a"), at=AT)
    roots = Roots(authority.roots)
    good = LocalTimeStamper(authority.stamping, CLOCK)
    assert Stamps(good, roots).stamp(DIGEST).at == AT
    with pytest.raises(ServiceRejected):
        Stamps(LocalTimeStamper(person, CLOCK), roots).stamp(DIGEST)


def test_an_outage_is_passed_on() -> None:
    """An authority that does not answer stays a retryable error."""
    down = FakeTimeStamper(StandingClock(AT + timedelta(1)), outage=True)
    with pytest.raises(ServiceUnavailable):
        Stamps(down, Roots([down.root])).stamp(DIGEST)
