"""The key store port answered by a PKCS#11 token."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from docgen.errors import ConfigurationError, ServiceRejected, ServiceUnavailable
from integrations.keys.pkcs11.token import SERVICE, Token
from integrations.keys.pkcs11.wire import parse_place

if TYPE_CHECKING:
    from pkcs11 import ObjectClass, Session

    from integrations.keys.pkcs11.wire import TokenPlace

_CURVE = "secp256r1"
_DIGEST = 32
_NO_DIGEST = "A SHA-256 digest has 32 bytes."


class Pkcs11Keys:
    """Keeps P-256 keys in a token under labels such as `docgen-acts-001`."""

    key: ClassVar[str] = "pkcs11"

    def __init__(self, place: TokenPlace, pin: str) -> None:
        self._prefix = place.prefix
        self._token = Token(place, pin)

    @classmethod
    def at(cls, reference: str, *, pin: str) -> Pkcs11Keys:
        """Take a PKCS#11 URI and the PIN; nothing is opened yet.

        Raises:
            ConfigurationError: the URI names no token, the PIN is missing, or python-pkcs11 is.
        """
        place = parse_place(reference)
        if find_spec("pkcs11") is None:
            raise ConfigurationError(
                "Keys in a token need the package python-pkcs11; install it beside this program "
                "(`pip install python-pkcs11`)."
            )
        if not pin:
            raise ConfigurationError(
                "The token's PIN is missing; name the file that holds it as [signing] pin_file, or "
                "give it as DOCGEN_SIGNING_PIN."
            )
        return cls(place, pin)

    def find(self, name: str) -> Pkcs11Key | None:
        """Find a key by its label."""
        label = self._label(name)
        public = self._token.call(lambda session: _public(session, label))
        return None if public is None else Pkcs11Key(self._token, label, public)

    def make(self, name: str) -> Pkcs11Key:
        """Make a key in the token that can never be taken out of it."""
        found = self.find(name)
        if found is not None:
            return found
        label = self._label(name)
        self._token.writing(lambda session: _generate(session, label))
        made = self.find(name)
        if made is None:
            raise ServiceUnavailable(
                "The token made a key and does not find it again.", service=SERVICE
            )
        return made

    def close(self) -> None:
        """End the session with the token."""
        self._token.close()

    def _label(self, name: str) -> str:
        return f"{self._prefix}-{name}"


class Pkcs11Key:
    """A key in a token."""

    def __init__(self, token: Token, label: str, public: bytes) -> None:
        self._token = token
        self._label = label
        self._public = public
        self._handle: tuple[int, Any] = (0, None)  # from which opening of the session, and what

    @property
    def public_key(self) -> bytes:
        """Give the public half, as the token had it when the key was found."""
        return self._public

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest with the raw mechanism, which every token has."""
        if len(digest) != _DIGEST:
            raise ValueError(_NO_DIGEST)
        return self._token.call(lambda session: self._sign(session, digest))

    def _sign(self, session: Session, digest: bytes) -> bytes:
        from pkcs11 import Mechanism
        from pkcs11.util.ec import encode_ecdsa_signature

        opened, private = self._handle
        if opened != self._token.opened:
            private = _private(session, self._label)
            self._handle = (self._token.opened, private)
        raw = private.sign(digest, mechanism=Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(raw))


def _public(session: Session, label: str) -> bytes | None:
    from pkcs11 import ObjectClass
    from pkcs11.util.ec import encode_ec_public_key

    found = _only(session, ObjectClass.PUBLIC_KEY, label)
    if found is None:
        return None
    _private(session, label)
    return bytes(encode_ec_public_key(found))


def _private(session: Session, label: str) -> Any:
    """Find the private half, which must be one that nobody can take out."""
    from pkcs11 import Attribute, ObjectClass

    found = _only(session, ObjectClass.PRIVATE_KEY, label)
    if found is None:
        raise ServiceRejected(
            "The token lacks the private half of a key; restore the token from its back-up.",
            service=SERVICE,
        )
    if found[Attribute.EXTRACTABLE] or not found[Attribute.SENSITIVE]:
        raise ServiceRejected(
            "A key in the token can be taken out of it, so it is not used; let `docgen keys init` "
            "make keys, which cannot.",
            service=SERVICE,
        )
    return found


def _only(session: Session, kind: ObjectClass, label: str) -> Any:
    """Find the one object of this kind and label, or None."""
    from pkcs11 import Attribute

    found = [*session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: label})]
    if len(found) > 1:
        raise ServiceRejected(
            "The token holds two keys of one name, and nobody can say which is ours; remove the "
            "one that is not.",
            service=SERVICE,
        )
    return found[0] if found else None


def _generate(session: Session, label: str) -> None:
    from pkcs11 import Attribute, KeyType, MechanismFlag
    from pkcs11.util.ec import encode_named_curve_parameters

    parameters = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVE)}, local=True
    )
    parameters.generate_keypair(
        id=label.encode(),
        label=label,
        store=True,
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
    )
