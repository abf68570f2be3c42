"""An authority of our own making: one root, generations of issuing, time-stamp and seal keys.

Nobody else vouches for its root, so it is for development, wherever its keys lie.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from docgen.domain.certificate import fingerprint
from docgen.errors import ConfigurationError
from docgen.ports.keyring import Renewal
from docgen.ports.signer import Ending
from integrations.keys.file import FileKeys
from integrations.sign.authority.certificate import (
    as_der,
    as_pem,
    issuing_certificate,
    root_certificate,
    service_certificate,
    stamping_certificate,
    whole_second,
)
from integrations.sign.authority.chain import is_issued_by
from integrations.sign.authority.credential import KeyCredential
from integrations.sign.authority.folder import add_files, create_folder, read_folder
from integrations.sign.authority.held import HeldKey, latent
from integrations.sign.authority.issuer import Issuer, Pair
from integrations.sign.authority.retired import retired_roots
from integrations.sign.authority.revocations import Revocations
from integrations.sign.authority.subject import DEVELOPMENT
from integrations.sign.pades.authority import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from docgen.ports.key_store import KeyStore
    from integrations.sign.pades.authority import Credential, Holder

_ROTATE = "an administrator runs `docgen keys rotate signing --as PERSON` and hands out the anchor"


class LocalAuthority:
    """Issues certificates that name themselves as made for development."""

    key: ClassVar[str] = "local"

    def __init__(self, folder: Path, files: Mapping[str, bytes], keys: Keys) -> None:
        """Take what was read from the folder, and where the keys lie.

        Raises:
            ConfigurationError: what was read is damaged, or its keys are not there.
        """
        self._folder = folder
        self._keys = keys
        try:
            self._roots = tuple(_pair(files, keys, name) for name in ("root", *_of(files, "root")))
            self._acts = tuple(_pair(files, keys, name) for name in _some(files, "acts"))
            self._stamps = tuple(_pair(files, keys, name) for name in _some(files, "stamps"))
            seals = _some(files, "seal") if keys.seal is not None else []
            self._seals = tuple(_seal(files, keys, name, self._acts) for name in seals)
            self._retired = retired_roots(files)
            for root in self._roots:
                root.certificate.verify_directly_issued_by(root.certificate)
            for pair in (*self._acts, *self._stamps):
                _require_issuer(pair.certificate, self._roots)
        except (KeyError, ValueError, TypeError, InvalidSignature) as error:
            raise ConfigurationError(
                "The signing authority's folder is damaged, or its keys lie elsewhere than "
                "[signing] says; restore it from the back-up of the keys. A new authority would "
                "not be the one that earlier signatures name."
            ) from error
        self._issuer = Issuer(self._acts, self._seals, Revocations(folder), unit=DEVELOPMENT)

    @classmethod
    def open_or_create(
        cls,
        folder: Path,
        *,
        at: datetime,
        store: KeyStore | None = None,
        seal: KeyStore | None = None,
    ) -> LocalAuthority:
        """Open the authority in this folder, making it the first time; two at once agree on one.

        Keys lie in the folder unless `store` is given. `seal` holds a key for every seal; without
        it each seal gets one of its own.

        Raises:
            ConfigurationError: the folder cannot be used, or what lies in it is damaged.
            ServiceUnavailable, ServiceRejected: the keys cannot be made or found where they lie.
        """
        files = read_folder(folder)
        if files is None:
            create_folder(folder, lambda draft: _first(Keys(draft, store, seal), whole_second(at)))
        return cls.open(folder, store=store, seal=seal)

    @classmethod
    def open(
        cls, folder: Path, *, store: KeyStore | None = None, seal: KeyStore | None = None
    ) -> LocalAuthority:
        """Open the authority in this folder; nothing is made.

        Raises:
            ConfigurationError: there is none, or it is damaged.
        """
        files = read_folder(folder)
        if files is None:
            raise ConfigurationError(
                "No signing keys were made yet in the place that [signing] names; run "
                "`docgen keys init`."
            )
        return cls(folder, files, Keys(folder, store, seal))

    @property
    def development(self) -> bool:
        """Say yes: anybody could make such an authority."""
        return True

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the roots as PEM: the present, earlier ones, and what lies as `retired-*.pem`."""
        own = (root.certificate for root in reversed(self._roots))
        return tuple(as_pem(one) for one in (*own, *self._retired))

    @property
    def stamping(self) -> Credential:
        """Give the key of the time stamping authority."""
        pair = self._stamps[-1]
        return KeyCredential(key=pair.key, certificate=as_der(pair.certificate), chain=())

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Say when what is in use ends; the root is everybody's business and named elsewhere."""
        return tuple(
            Ending(what=what, ends=pair.certificate.not_valid_after_utc, remedy=_ROTATE)
            for what, pair in (
                ("the issuing certificate", self._acts[-1]),
                *(("the seal's certificate", pair) for pair in self._seals[-1:]),
            )
        )

    def issue(self, holder: Holder, *, at: datetime) -> Credential:
        """Make a new key and certify it for this holder and one act."""
        return self._issuer.issue(holder, at=at)

    def own(self, holder: Holder, *, at: datetime) -> Credential:
        """Give the seal key where there is one."""
        return self._issuer.own(holder, at=at)

    def evidence(self, *, at: datetime) -> Evidence:
        """Give every generation's certificate and fresh revocation lists."""
        issuers = (*self._roots, *self._acts)
        return Evidence(
            certificates=tuple(as_der(pair.certificate) for pair in (*issuers, *self._stamps)),
            crls=self._issuer.lists(issuers, at=at),
        )

    def rotate(self, *, at: datetime) -> LocalAuthority:
        """Add a generation of issuing, time-stamp and seal keys; what was signed stays good.

        Raises:
            ConfigurationError: the folder cannot be written.
            ServiceUnavailable, ServiceRejected: the keys cannot be made where they lie.
        """
        return self._grow(self._roots[-1], {}, whole_second(at))

    def renew(self, *, at: datetime) -> LocalAuthority:
        """Add a root and a generation of keys under it; what was signed before stays good.

        The root is there before anything is issued under it, so a process that dies in between
        leaves an authority that goes on with the keys it has.

        Raises:
            ConfigurationError: the folder cannot be written.
            ServiceUnavailable, ServiceRejected: the keys cannot be made where they lie.
        """
        at = whole_second(at)
        number = len(self._roots) + 1
        name = f"root-{number:03d}"
        key = HeldKey(self._keys.store.make(name))
        root = Pair(name=name, certificate=root_certificate(key, at=at, generation=number), key=key)
        return self._grow(root, {f"{name}.pem": as_pem(root.certificate)}, at)

    def succeed(self, *, at: datetime) -> Renewal:
        """Renew, and say what changed.

        Raises:
            ConfigurationError, ServiceUnavailable, ServiceRejected: as `renew`.
        """
        renewed = self.renew(at=at)
        before, after = (fingerprint(one.roots[0].decode()) for one in (self, renewed))
        return Renewal(before=before, after=after)

    def rehearse(self) -> None:
        """Sign something worthless with each key in use."""
        for pair in (self._roots[-1], self._acts[-1], self._stamps[-1], *self._seals[-1:]):
            pair.rehearse()

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Put a certificate on the lists from this moment on.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        self._issuer.revoke(serial, at=at)

    def _grow(self, root: Pair, files: Mapping[str, bytes], at: datetime) -> LocalAuthority:
        made = _generation(self._keys, root, len(self._acts) + 1, at)
        add_files(self._folder, files)
        add_files(self._folder, made)
        return self.open(self._folder, store=self._keys.outside, seal=self._keys.seal)


class Keys:
    """Where an authority's keys lie: in its folder, or in a store outside."""

    def __init__(self, folder: Path, outside: KeyStore | None, seal: KeyStore | None) -> None:
        self.store: KeyStore = FileKeys(folder) if outside is None else outside
        self.outside = outside
        self.seal = seal

    def of(self, name: str, certificate: x509.Certificate) -> HeldKey:
        """Give a certificate's key: one in a file is read now, one outside when it first signs.

        Raises:
            ValueError, TypeError: it is not there, or another.
        """
        public = certificate.public_key()
        if self.outside is not None:
            return latent(self.outside, name, public)
        found = self.store.find(name)
        if found is None:
            raise ValueError
        key = HeldKey(found)
        if key.public_key() != public:
            raise ValueError
        return key


def _first(keys: Keys, at: datetime) -> dict[str, bytes]:
    key = HeldKey(keys.store.make("root"))
    root = Pair(name="root", certificate=root_certificate(key, at=at), key=key)
    return {"root.pem": as_pem(root.certificate), **_generation(keys, root, 1, at)}


def _generation(keys: Keys, root: Pair, number: int, at: datetime) -> dict[str, bytes]:
    """Make a generation's keys; give its certificates, the issuing one last but for the seal's."""
    made: dict[str, x509.Certificate] = {}
    issuing: Pair | None = None
    for kind, certify in (("stamps", stamping_certificate), ("acts", issuing_certificate)):
        name = f"{kind}-{number:03d}"
        key = HeldKey(keys.store.make(name))
        certificate = certify(
            key.public_key(), root.certificate, root.key, generation=number, at=at
        )
        made[f"{name}.pem"] = certificate
        issuing = Pair(name=name, certificate=certificate, key=key)
    if keys.seal is not None and issuing is not None:
        name = f"seal-{number:03d}"
        seal = HeldKey(keys.seal.make(name)).public_key()
        signing = (issuing.certificate, issuing.key)
        made[f"{name}.pem"] = service_certificate(
            seal, signing, unit=DEVELOPMENT, serial=name, at=at
        )
    return {name: as_pem(certificate) for name, certificate in made.items()}


def _of(files: Mapping[str, bytes], kind: str) -> list[str]:
    """Name the generations whose certificate is there, oldest first; a key alone is a draft."""
    return sorted(
        name.removesuffix(".pem")
        for name in files
        if name.startswith(f"{kind}-") and name.endswith(".pem")
    )


def _some(files: Mapping[str, bytes], kind: str) -> list[str]:
    found = _of(files, kind)
    if not found:
        raise ValueError
    return found


def _require_issuer(certificate: x509.Certificate, roots: tuple[Pair, ...]) -> None:
    for root in roots:
        with suppress(ValueError, TypeError, InvalidSignature):
            certificate.verify_directly_issued_by(root.certificate)
            return
    raise ValueError


def _pair(files: Mapping[str, bytes], keys: Keys, name: str) -> Pair:
    certificate = x509.load_pem_x509_certificate(files[f"{name}.pem"])
    return Pair(name=name, certificate=certificate, key=keys.of(name, certificate))


def _seal(files: Mapping[str, bytes], keys: Keys, name: str, acts: tuple[Pair, ...]) -> Pair:
    if keys.seal is None:
        raise ValueError
    certificate = x509.load_pem_x509_certificate(files[f"{name}.pem"])
    found = (pair for pair in acts if is_issued_by(certificate, pair.certificate))
    issuer = next(found, None)
    if issuer is None:
        raise ValueError
    key = latent(keys.seal, name, certificate.public_key())
    return Pair(name=name, certificate=certificate, key=key, above=(as_der(issuer.certificate),))
