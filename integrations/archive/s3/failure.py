"""What S3 and its client library say when something fails, in our own errors: one table.

Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. A message of ours is one
fixed sentence; of what the store said it keeps the request's id alone.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore import exceptions as said

from docgen.errors import (
    ArchiveConflict,
    ConfigurationError,
    DigestMismatch,
    DocgenError,
    Gone,
    IntegrationError,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    StorageError,
    Unauthorized,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVICE = "archive"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One kind of failure: our class of error and the sentence it says."""

    kind: type[DocgenError | ConfigurationError]
    sentence: str

    def error(self, request_id: str | None = None) -> DocgenError | ConfigurationError:
        """Make the error."""
        if issubclass(self.kind, IntegrationError):
            return self.kind(self.sentence, service=SERVICE, request_id=request_id)
        return self.kind(self.sentence)


ABSENT = Refusal(NotFound, "The archive holds nothing under this digest.")
HIDDEN = Refusal(
    Gone,
    "A delete marker hides this object of the archive. The locked version under it is still there; "
    "`docgen archive scrub` makes it readable again.",
)
PRESENT = Refusal(
    ArchiveConflict,
    "Other bytes already lie under this digest: the archive is damaged. Let `docgen archive scrub` "
    "mend it before going on.",
)
ALTERED = Refusal(
    DigestMismatch,
    "The stored bytes are not those that were put; `docgen archive scrub` restores them.",
)
SPOILED = Refusal(
    DigestMismatch,
    "The archive refused bytes that arrived with another digest than they left with. Nothing was "
    "stored; find what changes data on the way.",
)
SILENT = Refusal(
    ServiceUnavailable, "The archive's bucket did not answer in time; the step is tried again."
)
GARBLED = Refusal(
    ServiceUnavailable,
    "The archive's bucket answered what S3 never answers; nothing of it was believed, and the step "
    "is tried again. If it stays so, find out what answers in the bucket's place.",
)
CROWDED = Refusal(
    ServiceUnavailable,
    "The archive's bucket lists more versions of one object than there can be of ours, so none was "
    "deleted. Look at them with the bucket's own tools, and remove those that others laid there.",
)
LEFT = Refusal(
    ServiceUnavailable,
    "The archive's bucket still lists versions of an object that was to be deleted; the step is "
    "tried again.",
)
LOCKED = Refusal(
    Unauthorized,
    "The archive's bucket refused our credentials, or what they may do. Check the keys, and that "
    "they may read, list and put objects, retention and legal holds; see docs/operators/archive.md."
    " A change that a lock forbids is refused in the same words.",
)
UNFIT = Refusal(
    ConfigurationError,
    "The archive's bucket is not as [archive] needs it: it must exist in that region, keep "
    "versions and have Object Lock. `docgen check` names what is amiss.",
)
KEYLESS = Refusal(
    ConfigurationError,
    "The archive's credentials are missing or incomplete: give AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, or a file as [archive] credentials_file.",
)
FULL = Refusal(StorageError, "The archive's bucket is full; nothing was half-written.")
REFUSED = Refusal(
    ServiceRejected, "The archive's bucket refused the request; trying again will not help."
)
MISUSED = Refusal(
    ConfigurationError,
    "The S3 library could not carry out the request as it is configured; check [archive] url and "
    "the AWS_ variables of the environment.",
)

CODES: Mapping[str, Refusal] = {
    "NoSuchKey": ABSENT,
    "NoSuchVersion": ABSENT,
    "404": ABSENT,
    "MethodNotAllowed": HIDDEN,  # what reading a delete marker by its version is answered with
    "405": HIDDEN,
    "PreconditionFailed": PRESENT,
    "412": PRESENT,
    "ConditionalRequestConflict": SILENT,  # two at once; the next try sees what the other stored
    "OperationAborted": SILENT,
    "BadDigest": SPOILED,
    "InvalidDigest": SPOILED,
    "XAmzContentSHA256Mismatch": SPOILED,
    "XAmzContentChecksumMismatch": SPOILED,
    "IncompleteBody": SILENT,
    "RequestTimeout": SILENT,
    "InternalError": SILENT,
    "ServiceUnavailable": SILENT,
    "SlowDown": SILENT,
    "Throttling": SILENT,
    "ThrottlingException": SILENT,
    "TooManyRequests": SILENT,
    "RequestTimeTooSkewed": SILENT,
    "AccessDenied": LOCKED,
    "AccountProblem": LOCKED,
    "AllAccessDisabled": LOCKED,
    "ExpiredToken": LOCKED,
    "InvalidAccessKeyId": LOCKED,
    "InvalidToken": LOCKED,
    "SignatureDoesNotMatch": LOCKED,
    "403": LOCKED,
    "AuthorizationHeaderMalformed": UNFIT,
    "IllegalLocationConstraintException": UNFIT,
    "InvalidBucketName": UNFIT,
    "InvalidBucketState": UNFIT,
    "InvalidRequest": UNFIT,  # among others: a lock asked of a bucket that has none
    "NoSuchBucket": UNFIT,
    "NotImplemented": UNFIT,
    "ObjectLockConfigurationNotFoundError": UNFIT,
    "PermanentRedirect": UNFIT,
    "Redirect": UNFIT,
    "TemporaryRedirect": UNFIT,
    "QuotaExceeded": FULL,
    "XMinioStorageFull": FULL,
    "507": FULL,
}
# By the answer's status where its code is none of these; the first row that it reaches.
STATUSES = ((507, FULL), (500, SILENT), (429, SILENT), (400, REFUSED), (300, UNFIT))
TOO_MANY = 429
# By the exception's class; the first row that it is an instance of.
CLASSES: tuple[tuple[type[Exception], Refusal], ...] = (
    (said.FlexibleChecksumError, ALTERED),
    (said.ChecksumError, ALTERED),
    (said.IncompleteReadError, SILENT),
    (said.HTTPClientError, SILENT),
    (said.ConnectionError, SILENT),
    (said.CapacityNotAvailableError, SILENT),
    (said.NoCredentialsError, KEYLESS),
    (said.PartialCredentialsError, KEYLESS),
    (said.CredentialRetrievalError, KEYLESS),
    (said.UnknownCredentialError, KEYLESS),
    (said.NoAuthTokenError, KEYLESS),
    (said.ProfileNotFound, KEYLESS),
    (said.BotoCoreError, MISUSED),
    (said.UndefinedModelAttributeError, MISUSED),
    (ValueError, GARBLED),  # a date or a number in an answer that is none
)


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn whatever the library raises inside into one of our errors."""
    try:
        yield
    except said.ClientError as error:
        raise refusal_of(error).error(_request_id(error)) from error
    except tuple(kind for kind, _ in CLASSES) as error:
        raise refusal_of(error).error() from error


def refusal_of(error: Exception) -> Refusal:
    """Find what an exception of the library means."""
    if isinstance(error, said.ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        return CODES.get(code) or _by_status(error)
    return next(row for kind, row in CLASSES if isinstance(error, kind))


def _by_status(error: said.ClientError) -> Refusal:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    for least, row in STATUSES:
        if status == least or (status > least != TOO_MANY):
            return row
    return REFUSED


def _request_id(error: said.ClientError) -> str | None:
    found = error.response.get("ResponseMetadata", {}).get("RequestId")
    return str(found) if found else None
