"""What a PKCS#11 token is called, and what its errors mean to us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, unquote

from docgen.errors import ConfigurationError

SCHEME = "pkcs11:"
PREFIX = "docgen"
_PLACE = {"token", "serial", "object"}
_SECRETS = {"pin-value", "pin-source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """Where a token is: the library that speaks to it, its label or serial, our keys' prefix."""

    module: str
    token: str
    serial: str
    prefix: str


def parse_place(reference: str) -> TokenPlace:
    """Read a PKCS#11 URI (RFC 7512) as the settings give it.

    Raises:
        ConfigurationError: a part is missing, unknown, or would hold the PIN.
    """
    path, _, query = reference.removeprefix(SCHEME).partition("?")
    parts = dict(part.partition("=")[::2] for part in path.split(";") if part)
    asked = dict(parse_qsl(query, keep_blank_values=True))
    if _SECRETS & {*parts, *asked}:
        raise ConfigurationError(
            "[signing] must not hold the token's PIN; name the file that holds it as [signing] "
            "pin_file, or give it as DOCGEN_SIGNING_PIN."
        )
    known = set(parts) <= _PLACE and set(asked) == {"module-path"}
    place = TokenPlace(
        module=asked.get("module-path", ""),
        token=unquote(parts.get("token", "")),
        serial=unquote(parts.get("serial", "")),
        prefix=unquote(parts.get("object", PREFIX)),
    )
    if not (known and place.module and place.prefix and (place.token or place.serial)):
        raise ConfigurationError(
            "[signing] keys in a token are named as pkcs11:token=LABEL?module-path=LIBRARY, where "
            "LIBRARY is the file of its PKCS#11 module; serial= and object=, the prefix of the "
            "keys' labels, may stand beside token=."
        )
    return place


class Meaning(StrEnum):
    """What one of the token's errors means."""

    LOST = "lost"  # the session or the token is gone; it may be there again in a moment
    PIN = "pin"  # the PIN is wrong, or the token will not hear of it any more
    REFUSED = "refused"  # it will not do this, whenever it is asked


# PKCS#11 v2.40, section 5.1 (errors), under the names that python-pkcs11 gives them. What the
# token says of a moment is LOST; what it says of the PIN is PIN; everything else is REFUSED.
MEANINGS = {
    **dict.fromkeys(
        (
            "DeviceError",
            "DeviceMemory",
            "DeviceRemoved",
            "FunctionFailed",
            "FunctionCancelled",
            "FunctionRejected",
            "GeneralError",
            "HostMemory",
            "KeyHandleInvalid",
            "NoSuchToken",
            "ObjectHandleInvalid",
            "OperationActive",
            "OperationNotInitialized",
            "SessionClosed",
            "SessionCount",
            "SessionHandleInvalid",
            "SlotIDInvalid",
            "TokenNotPresent",
            "UserNotLoggedIn",
        ),
        Meaning.LOST,
    ),
    **dict.fromkeys(
        (
            "PinExpired",
            "PinIncorrect",
            "PinInvalid",
            "PinLenRange",
            "PinLocked",
            "PinTooWeak",
            "UserPinNotInitialized",
        ),
        Meaning.PIN,
    ),
    **dict.fromkeys(
        (
            "AnotherUserAlreadyLoggedIn",
            "ArgumentsBad",
            "AttributeReadOnly",
            "AttributeSensitive",
            "AttributeTypeInvalid",
            "AttributeValueInvalid",
            "DataInvalid",
            "DataLenRange",
            "DomainParamsInvalid",
            "EncryptedDataInvalid",
            "EncryptedDataLenRange",
            "ExceededMaxIterations",
            "FunctionNotSupported",
            "KeyIndigestible",
            "KeyNeeded",
            "KeyNotNeeded",
            "KeyNotWrappable",
            "KeySizeRange",
            "KeyTypeInconsistent",
            "KeyUnextractable",
            "MechanismInvalid",
            "MechanismParamInvalid",
            "MultipleObjectsReturned",
            "MultipleTokensReturned",
            "NoEvent",
            "NoSuchKey",
            "PKCS11Error",
            "PublicKeyInvalid",
            "RandomNoRNG",
            "RandomSeedNotSupported",
            "SessionExists",
            "SessionReadOnly",
            "SessionReadOnlyExists",
            "SessionReadWriteSOExists",
            "SignatureInvalid",
            "SignatureLenRange",
            "TemplateIncomplete",
            "TemplateInconsistent",
            "TokenNotRecognised",
            "TokenWriteProtected",
            "UnwrappingKeyHandleInvalid",
            "UnwrappingKeySizeRange",
            "UnwrappingKeyTypeInconsistent",
            "UserAlreadyLoggedIn",
            "UserTooManyTypes",
            "WrappedKeyInvalid",
            "WrappedKeyLenRange",
            "WrappingKeyHandleInvalid",
            "WrappingKeySizeRange",
            "WrappingKeyTypeInconsistent",
        ),
        Meaning.REFUSED,
    ),
}


def meaning_of(error: Exception) -> Meaning:
    """Say what an error of the token means to us."""
    return MEANINGS.get(type(error).__name__, Meaning.REFUSED)
