"""The development certificate authority: one root, generations of issuing and time-stamp keys."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from docgen.errors import ConfigurationError
from integrations.sign.authority.certificate import (
    act_certificate,
    as_der,
    as_pem,
    issuing_certificate,
    new_key,
    revocation_list,
    root_certificate,
    stamping_certificate,
)
from integrations.sign.authority.credential import MemoryCredential
from integrations.sign.authority.folder import add_files, create_folder, read_folder
from integrations.sign.authority.subject import mailbox_of, subject_of
from integrations.sign.pades.authority import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from integrations.sign.pades.authority import Credential, Holder

_REVOKED = "revoked.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey = field(repr=False)


class LocalAuthority:
    """Issues certificates that name themselves as made for development."""

    key: ClassVar[str] = "local"

    def __init__(
        self,
        folder: Path,
        root: _Pair,
        acts: tuple[_Pair, ...],
        stamps: tuple[_Pair, ...],
        retired: tuple[x509.Certificate, ...] = (),
    ) -> None:
        self._folder = folder
        self._retired = retired
        self._root = root
        self._acts = acts
        self._stamps = stamps

    @classmethod
    def open_or_create(cls, folder: Path, *, at: datetime) -> LocalAuthority:
        """Open the authority in this folder, making it the first time; two at once agree on one.

        Raises:
            ConfigurationError: the folder cannot be used, or what lies in it is damaged.
        """
        files = read_folder(folder)
        if files is None:
            create_folder(folder, _first_files(_whole_second(at)))
            files = read_folder(folder) or {}
        return cls._load(folder, files)

    @classmethod
    def _load(cls, folder: Path, files: Mapping[str, bytes]) -> LocalAuthority:
        try:
            root = _pair(files, "root")
            acts = tuple(_pair(files, name) for name in _generations(files, "acts"))
            stamps = tuple(_pair(files, name) for name in _generations(files, "stamps"))
            retired = tuple(
                x509.load_pem_x509_certificate(files[name])
                for name in sorted(files)
                if name.startswith("retired-") and name.endswith(".pem")
            )
            for one in (root.certificate, *retired):
                one.verify_directly_issued_by(one)
            for pair in (*acts, *stamps):
                pair.certificate.verify_directly_issued_by(root.certificate)
        except (KeyError, ValueError, TypeError, InvalidSignature) as error:
            raise ConfigurationError(
                "The development authority's folder is damaged; restore it from the back-up of the "
                "keys. A new authority would not be the one that earlier signatures name."
            ) from error
        return cls(folder, root, acts, stamps, retired)

    @property
    def development(self) -> bool:
        """Say yes: anybody could make such an authority."""
        return True

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the root, as PEM, and those an earlier authority left as `retired-*.pem`."""
        return tuple(as_pem(one) for one in (self._root.certificate, *self._retired))

    @property
    def stamping(self) -> Credential:
        """Give the key of the time stamping authority."""
        pair = self._stamps[-1]
        return MemoryCredential(key=pair.key, certificate=as_der(pair.certificate), chain=())

    def issue(self, holder: Holder, *, at: datetime) -> Credential:
        """Make a new key and certify it for this holder and one act."""
        at = _whole_second(at)
        issuer = self._acts[-1]
        if (
            not issuer.certificate.not_valid_before_utc
            <= at
            <= issuer.certificate.not_valid_after_utc
        ):
            raise ConfigurationError(
                "The clock stands outside the development authority's lifetime; set the clock."
            )
        mailbox = mailbox_of(holder.email) if holder.email else None
        key = new_key()
        certificate = act_certificate(
            subject_of(holder),
            mailbox,
            key.public_key(),
            (issuer.certificate, issuer.key),
            at=at,
        )
        return MemoryCredential(
            key=key, certificate=as_der(certificate), chain=(as_der(issuer.certificate),)
        )

    def evidence(self, *, at: datetime) -> Evidence:
        """Give every generation's certificate and fresh revocation lists."""
        at = _whole_second(at)
        revoked = self._revoked()
        issuers = (self._root, *self._acts)
        return Evidence(
            certificates=tuple(
                as_der(pair.certificate) for pair in (self._root, *self._acts, *self._stamps)
            ),
            crls=tuple(
                as_der(revocation_list(pair.certificate, pair.key, revoked, at=at))
                for pair in issuers
            ),
        )

    def rotate(self, *, at: datetime) -> LocalAuthority:
        """Add a generation of issuing and time-stamp keys; what was signed before stays good.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        number = len(self._acts) + 1
        files = _generation_files(self._root, number, _whole_second(at))
        add_files(self._folder, files)
        return self.open_or_create(self._folder, at=at)

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Put a certificate on the lists from this moment on.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        line = f"{serial:x} {_whole_second(at).isoformat()}\n".encode()
        path = self._folder / _REVOKED
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ConfigurationError(
                "The development authority's folder cannot be written; check its permissions."
            ) from error

    def _revoked(self) -> dict[int, datetime]:
        try:
            lines = (self._folder / _REVOKED).read_text("ascii").splitlines()
            entries = [line.split(" ") for line in lines]
            return {int(serial, 16): datetime.fromisoformat(when) for serial, when in entries}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"The file {_REVOKED} of the development authority is damaged; restore it from the "
                "back-up of the keys."
            ) from error


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _first_files(at: datetime) -> dict[str, bytes]:
    key = new_key()
    root = _Pair(certificate=root_certificate(key, at=at), key=key)
    return {**_files_of("root", root), **_generation_files(root, 1, at)}


def _generation_files(root: _Pair, number: int, at: datetime) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for kind, certify in (("acts", issuing_certificate), ("stamps", stamping_certificate)):
        key = new_key()
        public = key.public_key()
        certificate = certify(public, root.certificate, root.key, generation=number, at=at)
        files |= _files_of(f"{kind}-{number:03d}", _Pair(certificate=certificate, key=key))
    return files


def _files_of(name: str, pair: _Pair) -> dict[str, bytes]:
    pem = pair.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {f"{name}.key": pem, f"{name}.pem": as_pem(pair.certificate)}


def _generations(files: Mapping[str, bytes], kind: str) -> list[str]:
    """Name the generations whose certificate is there, oldest first; a key alone is a draft."""
    found = sorted(
        name.removesuffix(".pem")
        for name in files
        if name.startswith(f"{kind}-") and name.endswith(".pem")
    )
    if not found:
        raise ValueError
    return found


def _pair(files: Mapping[str, bytes], name: str) -> _Pair:
    key = serialization.load_pem_private_key(files[f"{name}.key"], password=None)
    certificate = x509.load_pem_x509_certificate(files[f"{name}.pem"])
    if not isinstance(key, EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        raise ValueError
    return _Pair(certificate=certificate, key=key)
