"""The calls to AWS KMS, and its errors in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
)

from docgen.errors import (
    ConfigurationError,
    ServiceRejected,
    ServiceUnavailable,
    Unauthorized,
)
from integrations.keys.kms.wire import Meaning, meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrations.keys.kms.wire import KmsPlace

SERVICE = "kms"
_NOT_FOUND = "NotFoundException"
_CONNECT_S, _READ_S, _TRIES = 5, 10, 2


class KmsClient:
    """Speaks to KMS in one region."""

    def __init__(self, kms: Any) -> None:
        self._kms = kms

    @classmethod
    def connect(cls, place: KmsPlace) -> KmsClient:
        """Prepare the calls; none is made yet."""
        return cls(
            boto3.session.Session().client(
                "kms",
                region_name=place.region,
                endpoint_url=place.endpoint,
                config=Config(
                    connect_timeout=_CONNECT_S,
                    read_timeout=_READ_S,
                    retries={"mode": "standard", "total_max_attempts": _TRIES},
                ),
            )
        )

    def find(self, alias: str) -> tuple[str, bytes] | None:
        """Give a key's lasting name and its public half, or None where there is none."""
        try:
            return self._public_key(alias)
        except ServiceRejected as error:
            cause = error.__cause__
            if isinstance(cause, ClientError) and _code(cause) == _NOT_FOUND:
                return None
            raise

    def _public_key(self, name: str) -> tuple[str, bytes]:
        answer = _call(self._kms.get_public_key, KeyId=name)
        if (answer["KeyUsage"], answer["KeySpec"]) != ("SIGN_VERIFY", "ECC_NIST_P256"):
            raise ServiceRejected(
                "A key in KMS under our name is none for P-256 signatures; give [signing] another "
                "prefix.",
                service=SERVICE,
            )
        return str(answer["KeyId"]), bytes(answer["PublicKey"])

    def create(self, alias: str) -> tuple[str, bytes]:
        """Make a key and give it this alias; give what `find` gives."""
        made = _call(
            self._kms.create_key,
            KeySpec="ECC_NIST_P256",
            KeyUsage="SIGN_VERIFY",
            Description=f"docgen signing key {alias}",
        )
        key = str(made["KeyMetadata"]["Arn"])
        _call(self._kms.create_alias, AliasName=alias, TargetKeyId=key)
        return self._public_key(key)

    def sign(self, key: str, digest: bytes) -> bytes:
        """Sign a SHA-256 digest."""
        answer = _call(
            self._kms.sign,
            KeyId=key,
            Message=digest,
            MessageType="DIGEST",
            SigningAlgorithm="ECDSA_SHA_256",
        )
        return bytes(answer["Signature"])


def _call(act: Callable[..., Mapping[str, Any]], **arguments: object) -> Mapping[str, Any]:
    try:
        return act(**arguments)
    except ClientError as error:
        raise _told(error) from error
    except BotoCoreError as error:
        raise _not_reached(error) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _told(error: ClientError) -> Exception:
    """Say it in our words; only the code and the request's id are KMS's own."""
    answer = error.response
    code = _code(error)
    about = answer.get("ResponseMetadata", {})
    request_id = about.get("RequestId")
    match meaning_of(code, int(about.get("HTTPStatusCode", 400))):
        case Meaning.LATER:
            return ServiceUnavailable(
                f"AWS KMS cannot sign now ({code}); nothing was signed.",
                service=SERVICE,
                request_id=request_id,
            )
        case Meaning.UNKNOWN_TO_IT:
            return Unauthorized(
                f"AWS KMS does not let us ({code}); check this machine's credentials, and that "
                "they may use kms:Sign and kms:GetPublicKey on the site's keys.",
                service=SERVICE,
                request_id=request_id,
            )
        case Meaning.REFUSED:
            return ServiceRejected(
                f"AWS KMS refused ({code}); nothing was signed. Look at the state of the key.",
                service=SERVICE,
                request_id=request_id,
            )


def _not_reached(error: BotoCoreError) -> Exception:
    missing = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
    if isinstance(error, missing):
        return ConfigurationError(
            "This machine has no AWS credentials; give it a role, or the usual AWS_ variables."
        )
    return ServiceUnavailable("AWS KMS cannot be reached now; nothing was signed.", service=SERVICE)
