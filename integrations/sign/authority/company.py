"""A company's own authority: it certified our issuing key, which lies in a token or in KMS.

People's certificates and the seal lead to the company's root. What stands above our issuing
certificate, the company withdraws; what we issue, we do.

The folder holds no secret: a request for each key (`acts-001.csr`), by which the key is known
without asking its store; the certificates of our own seals; what was withdrawn.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from docgen.domain.certificate import fingerprint
from docgen.errors import ConfigurationError, Refused
from docgen.ports.keyring import Renewal
from docgen.ports.signer import Ending
from integrations.sign.authority.certificate import as_der, as_pem, service_certificate
from integrations.sign.authority.chain import Chain, is_issued_by, is_listed
from integrations.sign.authority.folder import add_files, make_folder, read_folder
from integrations.sign.authority.held import latent
from integrations.sign.authority.issuer import Issuer, Pair
from integrations.sign.authority.request import Requests
from integrations.sign.authority.retired import retired_roots
from integrations.sign.authority.revocations import Revocations
from integrations.sign.pades.authority import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from docgen.ports.key_store import KeyStore
    from integrations.sign.pades.authority import Credential, Holder

CHAIN, SEAL_CHAIN = "[signing] chain", "[signing] seal_chain"
ACTS, SEAL = "acts", "seal"
_INIT = "run `docgen keys init`, which says what is to be done"
_RENEW = (
    "an administrator runs `docgen keys rotate signing --as PERSON` and has the new request "
    "certified"
)


class CompanyAuthority:
    """Issues under a certificate of the company's, and another one for each generation of keys."""

    key: ClassVar[str] = "company"

    def __init__(
        self, folder: Path, chain: Chain, seal_chain: Chain | None, *, places: Places
    ) -> None:
        """Take the company's file and where our keys lie; no store is asked yet.

        Raises:
            ConfigurationError: a certificate is missing, or is none that may issue.
        """
        files = read_folder(folder) or {}
        self._folder = folder
        self._chain = chain
        self._seal_chain = seal_chain
        self._places = places
        requests = Requests(folder)
        self._acts = tuple(_issuing(chain, places.acts, requests.keys(ACTS)))
        self._seals = tuple(self._sealing(files, requests.keys(SEAL)))
        try:
            self._retired = retired_roots(files)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise ConfigurationError(
                "A file retired-*.pem of the company's authority is no root certificate; remove "
                "it, or restore it from the back-up."
            ) from error
        self._issuer = Issuer(self._acts, self._seals, Revocations(folder), unit=None)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        chain: bytes,
        store: KeyStore,
        seal: KeyStore | None = None,
        seal_chain: bytes | None = None,
    ) -> CompanyAuthority:
        """Open the authority; nothing is made, and no store is asked.

        Keys of issuing lie in `store`. `seal` holds a key for every seal; without it each seal gets
        one of its own. `seal_chain` is for a seal that another authority certified.

        Raises:
            ConfigurationError: a certificate is missing, or is none that may issue.
        """
        others = None if seal_chain is None else Chain(seal_chain, setting=SEAL_CHAIN)
        places = Places(store, seal)
        return cls(folder, Chain(chain, setting=CHAIN), others, places=places)

    @classmethod
    def prepare(
        cls,
        folder: Path,
        *,
        at: datetime,
        store: KeyStore,
        seal: KeyStore | None = None,
        chain: bytes | None = None,
        seal_chain: bytes | None = None,
    ) -> tuple[Path, ...]:
        """Make what is missing: keys, requests, our own seals' certificates; again, the rest.

        Gives the requests that nobody has certified yet.

        Raises:
            ConfigurationError: the folder cannot be written, or a file of certificates is unsound.
            ServiceUnavailable, ServiceRejected: the keys cannot be made or used where they lie.
        """
        make_folder(folder)
        requests = Requests(folder)
        for kind, place in ((ACTS, store), (SEAL, seal)):
            if place is not None and not requests.keys(kind):
                requests.make(place, kind, 1)
        certified = None if chain is None else Chain(chain, setting=CHAIN)
        others = None if seal_chain is None else Chain(seal_chain, setting=SEAL_CHAIN)
        waiting = [
            name
            for kind, found in ((ACTS, certified), (SEAL, others))
            if kind == ACTS or others is not None
            for name, public in requests.keys(kind).items()
            if found is None or found.certificate_of(public) is None
        ]
        if certified is not None and seal is not None and others is None:
            acts = {pair.name: pair for pair in _certified(certified, store, requests.keys(ACTS))}
            for name, public in requests.keys(SEAL).items():
                issuer = acts.get(name.replace(SEAL, ACTS))
                if issuer is not None and not (folder / f"{name}.pem").exists():
                    signing = (issuer.certificate, issuer.key)
                    made = service_certificate(public, signing, unit=None, serial=name, at=at)
                    add_files(folder, {f"{name}.pem": as_pem(made)})
        return tuple(requests.path_of(name) for name in waiting)

    @property
    def development(self) -> bool:
        """Say yes where a certificate says that it is for development."""
        return any(chain.development for chain in self._chains)

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Give the company's root, others of the files, and `retired-*.pem`, as PEM."""
        first = self._chain.above(self._acts[-1].certificate)[-1]
        others = (root for chain in self._chains for root in chain.roots)
        return tuple(as_pem(root) for root in dict.fromkeys((first, *others, *self._retired)))

    @property
    def endings(self) -> tuple[Ending, ...]:
        """Say when certificates in use, those above them, and lists in the files end."""
        issuing = self._acts[-1].certificate
        found = [*self._chain.endings(issuing, "the issuing certificate", _RENEW)]
        for pair in self._seals[-1:]:
            what = "the seal's certificate"
            if self._seal_chain is not None:
                found.extend(self._seal_chain.endings(pair.certificate, what, _RENEW))
            else:
                ends = pair.certificate.not_valid_after_utc
                found.append(Ending(what=what, ends=ends, remedy=_RENEW))
        return tuple(dict.fromkeys(found))

    def issue(self, holder: Holder, *, at: datetime) -> Credential:
        """Make a new key and certify it for this holder and one act."""
        return self._issuer.issue(holder, at=at)

    def own(self, holder: Holder, *, at: datetime) -> Credential:
        """Give the seal key where there is one."""
        return self._issuer.own(holder, at=at)

    def evidence(self, *, at: datetime) -> Evidence:
        """Give every generation's certificates, our fresh lists, and those of who stands above.

        Raises:
            ConfigurationError: a list from above is neither in the file nor published.
            ServiceUnavailable: it cannot be fetched now, or our key does not answer.
        """
        sources = [(self._chain, pair) for pair in self._acts]
        if self._seal_chain is not None:
            sources += [(self._seal_chain, pair) for pair in self._seals]
        certificates = (
            as_der(one)
            for chain, pair in sources
            for one in (pair.certificate, *chain.above(pair.certificate))
        )
        lists = [der for chain, pair in sources for der in chain.lists(pair.certificate, at=at)]
        good = [pair for pair in self._acts if not is_listed(pair.certificate, lists)]
        lists += self._issuer.lists(good, at=at)
        return Evidence(
            certificates=tuple(dict.fromkeys(certificates)), crls=tuple(dict.fromkeys(lists))
        )

    def succeed(self, *, at: datetime) -> Renewal:  # noqa: ARG002  # another authority needs it
        """Make the next generation's keys; they sign once the company has certified them.

        Raises:
            Refused: the last generation still waits for its certificate.
            ConfigurationError: the folder cannot be written.
            ServiceUnavailable, ServiceRejected: the keys cannot be made where they lie.
        """
        requests = Requests(self._folder)
        names = [*requests.keys(ACTS)]
        if names[-1] != self._acts[-1].name:
            raise Refused(
                f"The request {names[-1]}.csr still waits to be certified; have that done, and "
                f"{_INIT}."
            )
        path = requests.make(self._places.acts, ACTS, len(names) + 1)
        if self._places.seal is not None:
            requests.make(self._places.seal, SEAL, len(names) + 1)
        public = requests.keys(ACTS)[path.stem]
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Renewal(
            before=fingerprint(as_pem(self._acts[-1].certificate).decode()),
            after=hashlib.sha256(der).hexdigest().upper(),
            request=f"{self._folder.name}/{path.name}",
        )

    def rehearse(self) -> None:
        """Sign something worthless with each key in use."""
        for pair in (self._acts[-1], *self._seals[-1:]):
            pair.rehearse()

    def revoke(self, serial: int, *, at: datetime) -> None:
        """Put a certificate that we issued on our lists from this moment on.

        Raises:
            Refused: the company issued it, so the company withdraws it.
            ConfigurationError: the folder cannot be written.
        """
        if any(chain.has(serial) for chain in self._chains):
            raise Refused(
                "This certificate was issued by the company's authority or another one, which "
                "alone can withdraw it; then put its new revocation list into the file."
            )
        self._issuer.revoke(serial, at=at)

    @property
    def _chains(self) -> tuple[Chain, ...]:
        return tuple(chain for chain in (self._chain, self._seal_chain) if chain is not None)

    def _sealing(
        self, files: Mapping[str, bytes], keys: Mapping[str, EllipticCurvePublicKey]
    ) -> Iterator[Pair]:
        """Give the seals that have a certificate: another authority's, or one of ours."""
        if self._places.seal is None:
            return
        found = 0
        for name, public in keys.items():
            pair = self._seal(name, public, files)
            if pair is not None:
                found += 1
                yield pair
        if not found:
            raise ConfigurationError(f"The key of the seal has no certificate yet; {_INIT}.")

    def _seal(
        self, name: str, public: EllipticCurvePublicKey, files: Mapping[str, bytes]
    ) -> Pair | None:
        key = latent(self._places.seal, name, public)
        if self._seal_chain is not None:
            certificate = self._seal_chain.certificate_of(public)
            if certificate is None:
                return None
            above = tuple(as_der(one) for one in self._seal_chain.above(certificate)[:-1])
            return Pair(name=name, certificate=certificate, key=key, above=above)
        if f"{name}.pem" not in files:
            return None
        try:
            certificate = x509.load_pem_x509_certificate(files[f"{name}.pem"])
        except ValueError as error:
            raise _damaged(name) from error
        for issuer in self._acts:
            if certificate.public_key() == public and is_issued_by(certificate, issuer.certificate):
                above = (as_der(issuer.certificate), *issuer.above)
                return Pair(name=name, certificate=certificate, key=key, above=above)
        raise _damaged(name)


class Places:
    """Where the two kinds of keys lie."""

    def __init__(self, acts: KeyStore, seal: KeyStore | None) -> None:
        self.acts = acts
        self.seal = seal


def _issuing(
    chain: Chain, store: KeyStore, keys: Mapping[str, EllipticCurvePublicKey]
) -> Iterator[Pair]:
    """Give the issuing generations, oldest first; only the newest may still lack a certificate.

    Raises:
        ConfigurationError: one is missing, or is none that may issue.
    """
    found = [*_certified(chain, store, keys)]
    if not found:
        raise ConfigurationError(
            f"The file that {CHAIN} names holds no certificate for the site's issuing key; {_INIT}."
        )
    if [pair.name for pair in found] != [*keys][: len(found)]:
        raise ConfigurationError(
            f"The file that {CHAIN} names lacks the certificate of an earlier issuing key, which "
            "packets that are out for signature still need; put it back."
        )
    if len({pair.certificate.subject for pair in found}) != len(found):
        raise ConfigurationError(
            f"Two issuing certificates in the file that {CHAIN} names have one subject, so that "
            "strangers could take the revocation list of one for the other's. Have the newer one "
            "certified again under the name that its request asks for."
        )
    yield from found


def _certified(
    chain: Chain, store: KeyStore, keys: Mapping[str, EllipticCurvePublicKey]
) -> Iterator[Pair]:
    for name, public in keys.items():
        certificate = chain.certificate_of(public)
        if certificate is None:
            continue
        _require_issuing(certificate)
        yield Pair(
            name=name,
            certificate=certificate,
            key=latent(store, name, public),
            above=tuple(as_der(one) for one in chain.above(certificate)[:-1]),
        )


def _require_issuing(certificate: x509.Certificate) -> None:
    """Refuse a certificate under which strangers would not believe what we issue."""
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        may = False
    else:
        may = constraints.ca and usage.key_cert_sign and usage.crl_sign
    if not may:
        raise ConfigurationError(
            "The certificate of the site's issuing key may not issue: it needs basicConstraints "
            "CA:TRUE and keyUsage keyCertSign and cRLSign. Have the request certified again as an "
            "issuing authority's."
        )


def _damaged(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"The seal's certificate {name}.pem is damaged or another key's; restore it from the "
        "back-up."
    )
