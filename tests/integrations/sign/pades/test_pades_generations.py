"""Keys rotate and certificates are withdrawn while files are under way: what holds, and what not."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from docgen.errors import ConfigurationError, Refused
from integrations.keys.fake import FakeKeys
from integrations.keys.pkcs11 import Pkcs11Keys
from integrations.sign.authority import CompanyAuthority, LocalAuthority
from integrations.sign.pades.signer import PadesSigner
from integrations.system.clock import StandingClock
from integrations.timestamp.local import LocalTimeStamper
from tests.contracts.signer import AT, act_in, slots_of
from tests.integrations.keys.softhsm import PIN, soft_token
from tests.integrations.sign.authority.company import Company
from tests.integrations.sign.judge import Expected, judge
from tests.integrations.sign.pades.conftest import FONTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography import x509

    from docgen.ports.key_store import KeyStore
    from docgen.ports.typesetter import TypesetPdf

MINUTE = timedelta(minutes=1)


@dataclass
class Site:
    """A site under a company's authority, whose clock we set and whose process we restart."""

    folder: Path
    store: KeyStore
    company: Company = field(default_factory=lambda: Company(AT))
    clock: StandingClock = field(default_factory=lambda: StandingClock(AT))
    issued: list[x509.Certificate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stamps = LocalAuthority.open_or_create(self.folder / "authority", at=AT)
        self.prepare()
        self.certify("acts-001")

    @property
    def chain(self) -> bytes:
        """Give the file that [signing] chain names."""
        return self.company.file(*self.issued)

    @property
    def authority(self) -> CompanyAuthority:
        """Open the authority as a process does that starts now."""
        return CompanyAuthority.open(
            self.folder / "company", chain=self.chain, store=self.store, seal=self.store
        )

    def prepare(self) -> tuple[Path, ...]:
        """Run `docgen keys init`."""
        return CompanyAuthority.prepare(
            self.folder / "company",
            at=AT,
            store=self.store,
            seal=self.store,
            chain=self.chain if self.issued else None,
        )

    def certify(self, name: str) -> None:
        """Have the company certify a request, and run `docgen keys init` again."""
        request = (self.folder / "company" / f"{name}.csr").read_bytes()
        self.issued.append(self.company.certify(request))
        assert self.prepare() == ()

    @property
    def signer(self) -> PadesSigner:
        """Give the signer of a process that starts now."""
        stamper = LocalTimeStamper(self.stamps.stamping, self.clock)
        return PadesSigner(self.authority, stamper, FONTS, stamp_evidence=self.stamps)

    def rotate(self) -> None:
        """Make the next generation and have it certified."""
        self.authority.succeed(at=self.clock.now())
        self.certify(f"acts-{len(self.issued) + 1:03d}")

    def pass_time(self, minutes: int = 10) -> None:
        """Let time pass."""
        self.clock = StandingClock(self.clock.now() + minutes * MINUTE)

    def findings(self, sealed: bytes, typeset: TypesetPdf) -> list[str]:
        """Judge a sealed file under the company's root, a year later."""
        roots = (*self.authority.roots, *self.stamps.roots)
        return judge(
            sealed,
            Expected(
                acts={place.slot: act_in(place.slot).act_id for place in typeset.panels},
                roots=tuple(root.decode() for root in roots),
                moment=AT + timedelta(days=365),
            ),
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give a site with keys in a fake store."""
    return Site(folder=tmp_path, store=FakeKeys())


def sent(site: Site, typeset: TypesetPdf) -> bytes:
    """Certify a file."""
    return site.signer.certify(typeset.pdf, slots_of(typeset), at=site.clock.now())


def sign(site: Site, pdf: bytes, typeset: TypesetPdf, number: int) -> bytes:
    """Sign at a place."""
    return site.signer.sign(pdf, act_in(typeset.panels[number].slot, at=site.clock.now()))


def sealed(site: Site, pdf: bytes) -> bytes:
    """Seal."""
    return site.signer.seal(pdf, at=site.clock.now())


def issuers(pdf: bytes) -> dict[str, str]:
    """Name each signature's issuer's key by its field."""
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return {one.field_name: one.signer_cert.authority_key_identifier.hex() for one in found}


def test_keys_in_a_token_rotate_in_the_middle_of_a_batch(
    tmp_path: Path, rendered: TypesetPdf
) -> None:
    """Of five files, finished before, sent before, half signed, signed whole, sent after: all hold."""
    with soft_token() as token:
        site = Site(folder=tmp_path, store=Pkcs11Keys.at(token.reference, pin=PIN))
        batch = [sent(site, rendered) for _ in range(4)]
        site.pass_time()
        batch[0] = sign(site, sign(site, batch[0], rendered, 0), rendered, 1)
        done = sealed(site, batch[0])
        batch[2] = sign(site, batch[2], rendered, 0)
        batch[3] = sign(site, sign(site, batch[3], rendered, 0), rendered, 1)
        site.rotate()
        site.pass_time()
        batch[1] = sign(site, sign(site, batch[1], rendered, 0), rendered, 1)
        batch[2] = sign(site, batch[2], rendered, 1)
        fresh = sign(site, sign(site, sent(site, rendered), rendered, 0), rendered, 1)
        files = [done, *(sealed(site, pdf) for pdf in (batch[1], batch[2], batch[3], fresh))]
        assert [site.findings(pdf, rendered) for pdf in files] == [[]] * 5
        found = [issuers(pdf) for pdf in files]
        first, second = rendered.panels[0].slot, rendered.panels[1].slot
        old, new = found[0]["Seal"], found[4]["Seal"]
        assert old != new
        assert (found[2][first], found[2][second], found[2]["Seal"]) == (old, new, new)
        assert {found[3][first], found[3][second]} == {old}


def test_until_it_is_certified_the_new_key_waits(site: Site, rendered: TypesetPdf) -> None:
    """The old key goes on, and a third generation is refused before the second is certified."""
    site.authority.succeed(at=AT)
    with pytest.raises(Refused, match=r"acts-002\.csr"):
        site.authority.succeed(at=AT)
    assert [path.name for path in site.prepare()] == ["acts-002.csr"]
    pdf = sign(site, sign(site, sent(site, rendered), rendered, 0), rendered, 1)
    assert site.findings(sealed(site, pdf), rendered) == []
    site.certify("acts-002")
    assert site.prepare() == ()


def test_an_earlier_generation_s_certificate_must_stay(site: Site) -> None:
    """Without it the files it signed could not be sealed."""
    site.rotate()
    del site.issued[0]
    with pytest.raises(ConfigurationError, match="earlier issuing key"):
        _ = site.authority


@pytest.mark.parametrize(("minutes", "holds"), [(5, True), (-5, False)], ids=["after", "before"])
def test_a_person_s_certificate_that_was_withdrawn(
    site: Site, rendered: TypesetPdf, minutes: int, *, holds: bool
) -> None:
    """Withdrawn after the signature's time stamp it stays valid; withdrawn before, it is not."""
    pdf = sign(site, sent(site, rendered), rendered, 0)
    slot = rendered.panels[0].slot
    signed_at = site.clock.now()
    (one,) = (
        found
        for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if found.field_name == slot
    )
    site.authority.revoke(one.signer_cert.serial_number, at=signed_at + minutes * MINUTE)
    site.pass_time()
    found = site.findings(sealed(site, sign(site, pdf, rendered, 1)), rendered)
    assert bool(found) is not holds
    assert {finding.partition(":")[0] for finding in found} <= {slot}


def test_an_issuing_certificate_that_the_company_withdrew(site: Site, rendered: TypesetPdf) -> None:
    """What was sealed before stays valid; what is made under the next one is; nothing between is.

    Of a signature whose issuer was withdrawn before the seal, nothing in the file proves that its
    certificate was good before: AdES asks for that, so it is refused, and must be made again.
    """
    before = sealed(site, sign(site, sign(site, sent(site, rendered), rendered, 0), rendered, 1))
    between = sign(site, sent(site, rendered), rendered, 0)
    site.pass_time()
    withdrawn = site.clock.now()
    site.pass_time()
    site.rotate()
    site.company.revoked[site.issued[0].serial_number] = withdrawn
    after = sealed(site, sign(site, sign(site, sent(site, rendered), rendered, 0), rendered, 1))
    between = sealed(site, sign(site, between, rendered, 1))
    assert site.findings(before, rendered) == []
    assert site.findings(after, rendered) == []
    hit = {finding.partition(":")[0] for finding in site.findings(between, rendered)}
    assert hit == {"Sent", rendered.panels[0].slot}


def test_with_a_withdrawn_certificate_nothing_is_signed(site: Site, rendered: TypesetPdf) -> None:
    """A withdrawn seal certificate stops the seal until keys rotate."""
    pdf = sign(site, sign(site, sent(site, rendered), rendered, 0), rendered, 1)
    seal = site.authority._seals[-1].certificate
    site.pass_time()
    site.authority.revoke(seal.serial_number, at=site.clock.now())
    site.pass_time()
    with pytest.raises(ConfigurationError, match="rotate signing"):
        sealed(site, pdf)
    site.rotate()
    assert site.findings(sealed(site, pdf), rendered) == []


def test_what_the_company_issued_the_company_withdraws(site: Site) -> None:
    """Our own list says nothing of it."""
    with pytest.raises(Refused, match="alone can withdraw"):
        site.authority.revoke(site.issued[0].serial_number, at=AT)


@pytest.fixture
def public_seal(tmp_path: Path) -> Iterator[tuple[Site, Company]]:
    """Give a site whose seal another, public authority certified."""
    yield Site(folder=tmp_path, store=FakeKeys()), Company(AT, name="Public Trust")


def test_a_seal_that_a_public_authority_certified(
    public_seal: tuple[Site, Company], rendered: TypesetPdf
) -> None:
    """People lead to the company's root, Sent and Seal to the public one; both are in the anchor."""
    site, public = public_seal
    request = (site.folder / "company" / "seal-001.csr").read_bytes()
    chain = public.file(public.certify(request, issuing=False))
    authority = CompanyAuthority.open(
        site.folder / "company",
        chain=site.chain,
        store=site.store,
        seal=site.store,
        seal_chain=chain,
    )
    stamper = LocalTimeStamper(site.stamps.stamping, site.clock)
    signer = PadesSigner(authority, stamper, FONTS, stamp_evidence=site.stamps)
    pdf = signer.certify(rendered.pdf, slots_of(rendered), at=AT)
    for place in rendered.panels:
        pdf = signer.sign(pdf, act_in(place.slot))
    pdf = signer.seal(pdf, at=AT)
    roots = (*authority.roots, *site.stamps.roots)
    expected = Expected(
        acts={place.slot: act_in(place.slot).act_id for place in rendered.panels},
        roots=tuple(root.decode() for root in roots),
        moment=AT + timedelta(days=365),
    )
    assert judge(pdf, expected) == []
    names = {
        one.field_name: one.signer_cert.issuer.native["organization_name"]
        for one in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if one.field_name in {"Sent", "Seal"}
    }
    assert set(names.values()) == {"Public Trust"}
    assert len(authority.roots) == 2
