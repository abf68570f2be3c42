"""Certificates and revocation lists that another authority gave us, as one PEM file."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from docgen.errors import ConfigurationError
from docgen.ports.signer import Ending
from integrations.sign.authority.certificate import as_der
from integrations.sign.authority.subject import DEVELOPMENT
from integrations.sign.published import PublishedLists, is_list_of, list_address, speaks_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey


_LIST = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)
_LONGEST = 6
_NOTICE_OF_LISTS = timedelta(days=30)  # they are made for months, not for years


class Chain:
    """Finds the way from a certificate to a root, and the lists that speak for each step."""

    def __init__(self, pem: bytes, *, setting: str) -> None:
        """Take the file; `setting` names it where something is wrong.

        Raises:
            ConfigurationError: it holds no root, or something that is no certificate.
        """
        self._setting = setting
        try:
            self._certificates = tuple(x509.load_pem_x509_certificates(pem))
            self._lists = tuple(x509.load_pem_x509_crl(found) for found in _LIST.findall(pem))
        except ValueError as error:
            raise self._wrong("cannot be read") from error
        self.roots = tuple(one for one in self._certificates if is_issued_by(one, one))
        if not self.roots:
            raise self._wrong("holds no root, a certificate that signs itself")
        self._published = PublishedLists(
            f"A revocation list for the certificates of {setting} cannot be had now, so the file "
            "is sealed later. Put a list in force into that file, or look at the address that the "
            "certificate names.",
            service="authority",
        )

    @property
    def development(self) -> bool:
        """Say whether any of these certificates says that it is for development."""
        return any(
            unit.value == DEVELOPMENT
            for one in self._certificates
            for unit in one.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)
        )

    def has(self, serial: int) -> bool:
        """Say whether the file holds the certificate of this serial number."""
        return any(one.serial_number == serial for one in self._certificates)

    def certificate_of(self, public: EllipticCurvePublicKey) -> x509.Certificate | None:
        """Find the certificate of a key; of several the one that ends last."""
        found = [one for one in self._certificates if one.public_key() == public]
        return max(found, key=lambda one: one.not_valid_after_utc, default=None)

    def above(self, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """Give what stands above a certificate, its issuer first, the root last.

        Raises:
            ConfigurationError: the way to a root is not in the file.
        """
        found = [certificate]
        while found[-1] not in self.roots:
            issuers = (one for one in self._certificates if is_issued_by(found[-1], one))
            issuer = next((one for one in issuers if one not in found), None)
            if issuer is None or len(found) > _LONGEST:
                raise self._wrong("lacks a certificate between one of our keys and the root")
            found.append(issuer)
        return tuple(found[1:])

    def lists(self, certificate: x509.Certificate, *, at: datetime) -> tuple[bytes, ...]:
        """Give a list in force for a certificate and each above it, from the file or fetched.

        Raises:
            ConfigurationError: none is in the file, and the certificate says nowhere to fetch it.
            ServiceUnavailable: it cannot be fetched now.
        """
        return tuple(self._list(one, issuer, at) for one, issuer in self._steps(certificate))

    def endings(self, certificate: x509.Certificate, what: str, remedy: str) -> Iterator[Ending]:
        """Say when a certificate, each above it but the root, and the lists in the file end."""
        yield Ending(what=what, ends=certificate.not_valid_after_utc, remedy=remedy)
        for one in self.above(certificate)[:-1]:
            yield Ending(what="a certificate above it", ends=one.not_valid_after_utc, remedy=remedy)
        for _, issuer in self._steps(certificate):
            latest = self._latest(issuer)
            if latest is not None and latest.next_update_utc is not None:
                yield Ending(
                    what=f"a revocation list in the file that {self._setting} names",
                    ends=latest.next_update_utc,
                    remedy="put its successor into that file",
                    notice=_NOTICE_OF_LISTS,
                )

    def _steps(
        self, certificate: x509.Certificate
    ) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
        way = (certificate, *self.above(certificate))
        return pairwise(way)

    def _latest(self, issuer: x509.Certificate) -> x509.CertificateRevocationList | None:
        found = [one for one in self._lists if is_list_of(one, issuer)]
        return max(found, key=lambda one: one.last_update_utc, default=None)

    def _list(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> bytes:
        latest = self._latest(issuer)
        if latest is not None and speaks_for(latest, issuer, at):
            return as_der(latest)
        with suppress(ValueError, x509.ExtensionNotFound):
            return self._published.fetch(list_address(certificate), issuer, at)
        raise self._wrong(
            "holds no revocation list in force for one of its certificates, which itself names no "
            "address to fetch it from; ask who issued it for its present list"
        )

    def _wrong(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"The PEM file that {self._setting} names {what}. It needs the root, every certificate "
            "between it and the site's keys, and their revocation lists."
        )


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Say whether the issuer signed this certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_listed(certificate: x509.Certificate, lists: Iterable[bytes]) -> bool:
    """Say whether a list of its issuer's names this certificate as withdrawn."""
    return any(
        found.issuer == certificate.issuer
        and found.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
        for found in map(x509.load_der_x509_crl, lists)
    )
