"""What a place in AWS KMS is called, and what the service's errors mean to us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from docgen.errors import ConfigurationError

SCHEME = "kms:"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_PREFIX = re.compile(r"[A-Za-z0-9_/-]{1,200}")  # an alias may hold 256 of these


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsPlace:
    """A region, the prefix of our keys' aliases, and an endpoint other than the usual one."""

    region: str
    prefix: str
    endpoint: str | None


def parse_place(reference: str) -> KmsPlace:
    """Read `kms:REGION/PREFIX` as the settings give it, `?endpoint=https://...` where there is one.

    Raises:
        ConfigurationError: a part is missing or unknown.
    """
    path, _, query = reference.removeprefix(SCHEME).partition("?")
    region, _, prefix = path.partition("/")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    endpoint = asked.pop("endpoint", None)
    sound = _REGION.fullmatch(region) and _PREFIX.fullmatch(prefix) and not prefix.startswith("aws")
    if not sound or asked or not (endpoint is None or _safe(endpoint)):
        raise ConfigurationError(
            "[signing] keys in AWS KMS are named as kms:REGION/PREFIX, such as "
            "kms:us-east-1/docgen, where PREFIX begins the aliases of the keys; an endpoint of "
            "your own may follow as ?endpoint=https://ADDRESS."
        )
    return KmsPlace(region=region, prefix=prefix, endpoint=endpoint)


def _safe(endpoint: str) -> bool:
    """Allow https, and plain http on this machine alone."""
    try:
        url = urlsplit(endpoint)
        loopback = ip_address(url.hostname or "").is_loopback
    except ValueError:
        loopback = False
        url = urlsplit(endpoint) if endpoint.startswith("https://") else urlsplit("")
    return bool(url.hostname) and (url.scheme == "https" or (url.scheme == "http" and loopback))


class Meaning(StrEnum):
    """What one of the service's errors means."""

    LATER = "later"  # it cannot just now
    REFUSED = "refused"  # it will not, whenever it is asked
    UNKNOWN_TO_IT = "unknown to it"  # it does not accept who we are, or what we may do


# AWS KMS API reference: the errors of Sign, GetPublicKey, CreateKey and CreateAlias, and "Common
# errors".
MEANINGS = {
    **dict.fromkeys(
        (
            "DependencyTimeoutException",
            "InternalFailure",
            "KMSInternalException",
            "KeyUnavailableException",
            "RequestTimeout",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "ThrottlingException",
            "XksKeyAlreadyInUseException",
        ),
        Meaning.LATER,
    ),
    **dict.fromkeys(
        (
            "AlreadyExistsException",
            "CloudHsmClusterInvalidConfigurationException",
            "CustomKeyStoreInvalidStateException",
            "CustomKeyStoreNotFoundException",
            "DisabledException",
            "DryRunOperationException",
            "InvalidAliasNameException",
            "InvalidArnException",
            "InvalidKeyUsageException",
            "KMSInvalidStateException",
            "LimitExceededException",
            "MalformedPolicyDocumentException",
            "NotFoundException",
            "TagException",
            "UnsupportedOperationException",
            "ValidationException",
            "XksKeyInvalidConfigurationException",
            "XksKeyNotFoundException",
        ),
        Meaning.REFUSED,
    ),
    **dict.fromkeys(
        (
            "AccessDeniedException",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidGrantTokenException",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "NotAuthorized",
            "OptInRequired",
            "UnrecognizedClientException",
        ),
        Meaning.UNKNOWN_TO_IT,
    ),
}


def meaning_of(code: str, status: int) -> Meaning:
    """Say what an error code means to us; of one that is new, the HTTP status decides."""
    new = Meaning.LATER if status >= 500 or status == 429 else Meaning.REFUSED  # noqa: PLR2004  # HTTP's own
    return MEANINGS.get(code, new)
