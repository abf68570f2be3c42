"""The development authority: whole or not at all, the same for everybody, and plainly not real."""

from __future__ import annotations

import stat
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from docgen.errors import ConfigurationError, SignatureInvalid
from integrations.sign.authority import LocalAuthority
from integrations.sign.authority.subject import SPELLED, mailbox_of, subject_of
from integrations.sign.pades.authority import Holder

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 2, 14, 3, 22, 654321, tzinfo=UTC)
WHOLE = AT.replace(microsecond=0)
ADA = Holder(
    name="Ada Quill",
    organization="Lakeside Radiation Oncology, PLLC",
    act_id="act_01h",
    email="ada.quill@example.org",
)
FILES = {f"{name}.{kind}" for name in ("root", "acts-001", "stamps-001") for kind in ("key", "pem")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name a folder that is not there yet."""
    return tmp_path / "keys" / "ca"


def issued(authority: LocalAuthority, holder: Holder = ADA) -> x509.Certificate:
    """Issue a certificate."""
    return x509.load_der_x509_certificate(authority.issue(holder, at=AT).certificate)


def test_the_folder_is_the_owners_alone(folder: Path) -> None:
    """Keys are 0600 in a folder of 0700, and nothing else lies beside them."""
    LocalAuthority.open_or_create(folder, at=AT)
    assert {path.name for path in folder.iterdir()} == FILES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["ca"]


def test_the_second_opening_finds_the_first_authority(folder: Path) -> None:
    """Root and time-stamp key stay the same, whenever it is opened."""
    first = LocalAuthority.open_or_create(folder, at=AT)
    again = LocalAuthority.open_or_create(folder, at=AT + timedelta(days=400))
    assert first.roots == again.roots
    assert first.stamping.certificate == again.stamping.certificate


def test_many_at_once_agree_on_one_root(folder: Path) -> None:
    """Eight openings at one moment make one authority and leave no drafts."""
    barrier = Barrier(8)

    def open_it(_: int) -> tuple[bytes, ...]:
        barrier.wait()
        return LocalAuthority.open_or_create(folder, at=AT).roots

    with ThreadPoolExecutor(8) as pool:
        roots = set(pool.map(open_it, range(8)))
    assert len(roots) == 1
    assert {path.name for path in folder.parent.iterdir()} == {"ca"}


def test_a_draft_of_a_killed_process_is_no_authority(folder: Path) -> None:
    """What a kill leaves beside the folder is never taken for it."""
    folder.parent.mkdir(parents=True)
    draft = folder.with_name(".ca.0123456789abcdef")
    draft.mkdir()
    (draft / "root.key").write_bytes(b"half a ke")
    assert LocalAuthority.open_or_create(folder, at=AT).roots
    assert {path.name for path in folder.iterdir()} == FILES


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_folder_is_never_replaced(folder: Path, name: str, damage: bytes | None) -> None:
    """A file lost, emptied or overwritten is a setting to correct; no new root is made."""
    LocalAuthority.open_or_create(folder, at=AT)
    path = folder / name
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(ConfigurationError, match="back-up"):
        LocalAuthority.open_or_create(folder, at=AT)
    kept = {path.name for path in folder.iterdir()}
    assert kept == (FILES - {name} if damage is None else FILES)


def test_a_key_of_another_certificate_is_noticed(folder: Path, tmp_path: Path) -> None:
    """Files of two authorities do not make one."""
    LocalAuthority.open_or_create(folder, at=AT)
    LocalAuthority.open_or_create(tmp_path / "other", at=AT)
    for kind in ("key", "pem"):
        name = f"acts-001.{kind}"
        (folder / name).write_bytes((tmp_path / "other" / name).read_bytes())
        with pytest.raises(ConfigurationError, match="damaged"):
            LocalAuthority.open_or_create(folder, at=AT)


def test_keys_that_others_may_read_are_refused(folder: Path) -> None:
    """One loose permission is enough to say no, and it says what to set."""
    LocalAuthority.open_or_create(folder, at=AT)
    (folder / "root.key").chmod(0o640)
    with pytest.raises(ConfigurationError, match="0600"):
        LocalAuthority.open_or_create(folder, at=AT)


def test_a_folder_that_cannot_be_made_is_a_setting_to_correct(tmp_path: Path) -> None:
    """A file in the way ends in one sentence."""
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises(ConfigurationError):
        LocalAuthority.open_or_create(tmp_path / "keys" / "ca", at=AT)
    with pytest.raises(ConfigurationError):
        LocalAuthority.open_or_create(tmp_path / "keys", at=AT)


def test_every_certificate_says_what_it_is(folder: Path) -> None:
    """Each subject, the people's too, carries the words of a development authority."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    assert authority.development is True
    found = [x509.load_der_x509_certificate(der) for der in authority.evidence(at=AT).certificates]
    for certificate in (*found, issued(authority)):
        (unit,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert unit.value == "development, not for production"
    assert len(found) == 3


def test_a_certificate_names_person_organization_act_and_mailbox(folder: Path) -> None:
    """What the act says stands in the certificate; it may sign and bind, and issue nothing."""
    certificate = issued(LocalAuthority.open_or_create(folder, at=AT))
    values = {attribute.oid: attribute.value for attribute in certificate.subject}
    assert values[NameOID.COMMON_NAME] == ADA.name
    assert values[NameOID.ORGANIZATION_NAME] == ADA.organization
    assert values[NameOID.SERIAL_NUMBER] == "act-01h"
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == [ADA.email]
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    public = certificate.public_key()
    assert isinstance(public, EllipticCurvePublicKey)
    assert isinstance(public.curve, SECP256R1)


def test_every_act_has_a_key_of_its_own_that_is_not_kept(folder: Path) -> None:
    """Two certificates for one act differ in key and number, and no file is added."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    first, second = issued(authority), issued(authority)
    assert first.public_key() != second.public_key()
    assert first.serial_number != second.serial_number
    assert {path.name for path in folder.iterdir()} == FILES
    assert "PrivateKey" not in repr(authority.issue(ADA, at=AT))


def test_dates_come_from_the_given_moment(folder: Path) -> None:
    """No certificate or list tells the machine's time."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    assert issued(authority).not_valid_before_utc == WHOLE - timedelta(minutes=10)
    for der in authority.evidence(at=AT).crls:
        crl = x509.load_der_x509_crl(der)
        assert crl.last_update_utc == WHOLE
        assert crl.next_update_utc is not None
        assert crl.next_update_utc > WHOLE + timedelta(days=29 * 365)


def test_the_time_stamp_key_does_nothing_else(folder: Path) -> None:
    """Its certificate has the one usage, critical (RFC 3161 section 2.3)."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    certificate = x509.load_der_x509_certificate(authority.stamping.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


@pytest.mark.parametrize("days", [-2, -3650, 3650 * 5])
def test_a_clock_far_off_issues_nothing(folder: Path, days: int) -> None:
    """Outside the authority's life, somebody has to set the clock."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    with pytest.raises(ConfigurationError, match="clock"):
        authority.issue(ADA, at=AT + timedelta(days=days))


def test_revocation_is_listed_from_its_moment_on(folder: Path) -> None:
    """A revoked certificate is on the lists made after, with its date, and not on those before."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    certificate = issued(authority)
    later = AT + timedelta(hours=1)
    authority.revoke(certificate.serial_number, at=later)
    reopened = LocalAuthority.open_or_create(folder, at=later)
    entries: list[x509.RevokedCertificate | None] = []
    for moment, listed in ((AT, False), (later, True), (later + timedelta(days=9), True)):
        lists = [x509.load_der_x509_crl(der) for der in reopened.evidence(at=moment).crls]
        entries = [
            crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            for crl in lists
            if crl.issuer == certificate.issuer
        ]
        assert [entry is not None for entry in entries] == [listed]
    assert entries[0] is not None
    assert entries[0].revocation_date_utc == later.replace(microsecond=0)


@pytest.mark.parametrize("junk", ["x", "zz 2026", "12 yesterday", "1 2 3"])
def test_a_damaged_list_of_revocations_stops_sealing(folder: Path, junk: str) -> None:
    """Nobody seals with a list that cannot be read."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    (folder / "revoked.txt").write_text(junk)
    with pytest.raises(ConfigurationError, match=r"revoked\.txt"):
        authority.evidence(at=AT)


def test_rotation_adds_a_generation(folder: Path) -> None:
    """New certificates come from the new key; the old one's lists go on; the root stays."""
    old = LocalAuthority.open_or_create(folder, at=AT)
    new = old.rotate(at=AT + timedelta(days=1))
    before, after = issued(old), issued(new, ADA)
    assert before.issuer != after.issuer
    assert new.roots == old.roots
    issuers = {x509.load_der_x509_crl(der).issuer for der in new.evidence(at=AT).crls}
    assert {before.issuer, after.issuer} <= issuers
    again = LocalAuthority.open_or_create(folder, at=AT)
    assert again.stamping.certificate == new.stamping.certificate
    assert again.stamping.certificate != old.stamping.certificate


@given(
    name=st.text(min_size=1, max_size=200),
    organization=st.text(min_size=1, max_size=200),
)
@example(name="000\xa0" + "\u0901" * 14 + "\u0800" + "\u094d" * 4 + "\u0800", organization="0")
def test_any_name_is_carried_literally_or_refused(name: str, organization: str) -> None:
    """What X.509 shows is the name itself or its beginning, never something parsed from it."""
    holder = Holder(name=name, organization=organization, act_id="a")
    try:
        subject = subject_of(holder)
    except SignatureInvalid:
        return
    values = {attribute.oid.dotted_string: str(attribute.value) for attribute in subject}
    assert len(subject.rdns) == len(list(subject)) == (5 if "2.5.4.41" in values else 4)
    shown = values["2.5.4.3"]
    whole = values.get("2.5.4.41", shown)
    assert whole.startswith(shown.removesuffix("…").rstrip())
    assert len(shown.encode()) <= 64
    assert subject.public_bytes()


@pytest.mark.parametrize(
    "name",
    [
        'Ada "Q," O\'Neil + CN=Root,O=x;#<>\\',
        "#04024869",
        "CN=docgen root",
        "山田 太郎",
        "سارة الخطيب",
        "A" * 64,
        "A" * 65,
        "é" * 33,
        "字" * 400,
        "e\u0301" * 60,
    ],
)
def test_hostile_names_are_one_attribute(folder: Path, name: str) -> None:
    """Quotes, commas, equal signs and long names never make another attribute."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    certificate = issued(authority, Holder(name=name, organization=name, act_id="act_1"))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    assert len(names) == len(units) == 1


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("مركز الأورام LLC", "xn--  LLC-"),  # both directions in one text
        ("محمد علي 2", "xn-- "),
        ("د. محمد (Ali)", "xn--"),
        ("مستشفى " * 9, "xn--"),  # cut, it would end in a mark that belongs to no direction
        ("Ꝛosa", "xn--osa-"),  # younger than Unicode 3.2
        ("سارة الخطيب", "سارة الخطيب"),
        ("Straße Łódź 北京 Ёлка", "Straße Łódź 北京 Ёлка"),
    ],
)
def test_a_name_can_be_compared_by_those_who_check_it(folder: Path, name: str, common: str) -> None:
    """Every path through the certificate can be built (RFC 4518); what is spelled can be read."""
    authority = LocalAuthority.open_or_create(folder, at=AT)
    holder = Holder(name=name, organization=name, act_id="act_1", title=name)
    subject = asn1.Certificate.load(authority.issue(holder, at=AT).certificate).subject
    assert subject.hashable
    told = subject.native
    assert told["common_name"].startswith(common)
    assert {told["common_name"]} == {told["organization_name"], told["title"]}
    whole = told.get("name", told["common_name"])
    if whole.startswith(SPELLED):
        whole = whole.removeprefix(SPELLED).encode().decode("punycode")
    assert whole == unicodedata.normalize("NFC", name).strip()


@pytest.mark.parametrize("name", ["", " ", "A\x00B", "A\nB", "\x7f", "A\u2028B", "x" * 1025])
def test_names_no_certificate_can_carry_are_refused(name: str) -> None:
    """Empty, overlong or with control characters: our own error, without the name."""
    with pytest.raises(SignatureInvalid, match="name"):
        subject_of(Holder(name=name, organization="X", act_id="act_1"))


@pytest.mark.parametrize("act_id", ["", "a b", "a/b", "é", "x" * 65, "a\n"])
def test_ids_no_certificate_can_carry_are_refused(act_id: str) -> None:
    """An id is letters, digits, hyphens and underscores."""
    with pytest.raises(SignatureInvalid, match="id"):
        subject_of(Holder(name="Ada", organization="X", act_id=act_id))


@pytest.mark.parametrize(
    "email", ["jörg@example.org", "x" * 120 + "ü@example.org", "用户@example.org"]
)
def test_an_international_mailbox_is_carried_as_such(email: str) -> None:
    """Beyond ASCII it is an SmtpUTF8Mailbox (RFC 9598)."""
    name = mailbox_of(email)
    assert isinstance(name, x509.OtherName)
    assert name.type_id.dotted_string == "1.3.6.1.5.5.7.8.9"
    assert name.value.endswith(email.encode())


@pytest.mark.parametrize(
    "email", ["x", "@example.org", "ada@", "a b@example.org", "a\n@example.org"]
)
def test_what_is_no_mailbox_is_refused(email: str) -> None:
    """Our own error, without the address."""
    with pytest.raises(SignatureInvalid, match="e-mail"):
        mailbox_of(email)
