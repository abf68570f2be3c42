"""The whole exception tree.

    DocgenError                     code; str(e) is a full sentence for the operator
      InputError                    the caller's fault -> exit 2, HTTP 422
        EnrollmentInvalid             problems, each with its val.* id and path
          EnrollmentUnreadable          the file itself: one problem, at the path `file`
        TemplateInvalid               a template does not compile, or asks for an undeclared field
        RenderRefused                 the gate found the forms to differ, or a glyph missing
        MalformedRequest              the API cannot read the request at all -> HTTP 400
        KeyReused                     an idempotency key came again with another body
      Refused                       a rule of the process says no -> exit 4, HTTP 409
        IllegalTransition             the packet's state does not allow this step
        PacketStale                   the enrollment or the template moved on since generation
        NotApproved                   the plan lacks an approval
        EnrolledAlready               the practice has an enrollment; it is named
        NotAdopted                    the PSO has not adopted this template digest
        NotAllowed                    this person may not do this
          TokenRefused                  no token, or none that is valid -> HTTP 401
        StillRunning                  the same request is being carried out at this moment
        TooManyTries                  one client tried too often -> HTTP 429
          TooManyRequests               one token of the API asked too often; retry_after_s
      NotFound                      -> exit 3, HTTP 404
        Gone                          it was there, and is there no more
      EvidenceError                 stored proof does not add up -> exit 5, HTTP 409; never retried
        DigestMismatch                bytes differ from what their digest promises
        SignatureInvalid              a PDF, callback or checkpoint signature does not hold
        ArchiveConflict               other bytes already lie under this key
      IntegrationError              a neighbour failed -> exit 6, HTTP 502; service, request_id
        ServiceRejected               the neighbour refused; trying again will not help
          Unauthorized                  it does not accept our credentials, or no longer
        ServiceUnavailable            it may pass by itself; retry_after_s
        UnsupportedFeature            the signing service cannot do what the plan needs
        CallbackRejected              a callback failed verification -> HTTP 401
      StorageError                  disk full, unwritable -> exit 7, HTTP 507; nothing half-written
    ConfigurationError              apart on purpose, so that nothing swallows it -> exit 8

Messages never hold a person's name or address, a token, a secret or a response body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class DocgenError(Exception):
    """Everything this product raises on purpose."""

    code: ClassVar[str] = "error"


class InputError(DocgenError):
    """What the caller handed over cannot be used as it is."""

    code = "input"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong with a record: where, which rule, and what to do."""

    path: str
    rule: str
    message: str


class EnrollmentInvalid(InputError):
    """The enrollment breaks one or more rules; every problem is listed."""

    code = "enrollment-invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = len(problems)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"The enrollment has {count} {noun}; correct each and submit again.")


class EnrollmentUnreadable(EnrollmentInvalid):
    """The file holds no enrollment that could be read; its one problem says why and what to do."""

    code = "enrollment-unreadable"

    def __init__(self, problem: Problem) -> None:
        super().__init__((problem,))
        self.args = (problem.message,)


class TemplateInvalid(InputError):
    """A template cannot be used; the message names the clause and what to change."""

    code = "template-invalid"


class RenderRefused(InputError):
    """The rendered forms of a document do not agree, so none of them is used."""

    code = "render-refused"


class MalformedRequest(InputError):
    """The API cannot read the request at all: not JSON, or a cursor that is not ours."""

    code = "malformed-request"


class KeyReused(InputError):
    """An idempotency key came again with another request."""

    code = "key-reused"


class Refused(DocgenError):
    """A rule of the process does not allow this step now."""

    code = "refused"


class IllegalTransition(Refused):
    """The packet's state does not allow this step."""

    code = "illegal-transition"


class PacketStale(Refused):
    """The enrollment or a template changed after the packet was generated."""

    code = "packet-stale"


class NotApproved(Refused):
    """The plan still lacks an approval."""

    code = "not-approved"


class EnrolledAlready(Refused):
    """A practice with this name or EIN is stored; `enrollment_id` says under what."""

    code = "enrolled-already"

    def __init__(self, enrollment_id: str) -> None:
        self.enrollment_id = enrollment_id
        super().__init__(
            f"This practice is enrolled already, as {enrollment_id}. Store a corrected form as the "
            "next version of that enrollment; only another practice with this name or EIN is "
            "stored as a new one."
        )


class NotAdopted(Refused):
    """The PSO has not adopted the template version this packet was made from."""

    code = "not-adopted"


class NotAllowed(Refused):
    """This person does not hold the role the step asks for."""

    code = "not-allowed"


class TokenRefused(NotAllowed):
    """The request carries no token of the API, or none that is valid now."""

    code = "token-refused"


class StillRunning(Refused):
    """The same request is being carried out at this moment; ask again in a while."""

    code = "still-running"


class TooManyTries(Refused):
    """One client address tried something too often; it may try again later."""

    code = "too-many-tries"


class TooManyRequests(TooManyTries):
    """A program asked more than its token may in a minute; nothing of the request was done."""

    code = "too-many-requests"

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class NotFound(DocgenError):
    """Nothing is stored under this id."""

    code = "not-found"


class Gone(NotFound):
    """What was stored under this id is there no more."""

    code = "gone"


class EvidenceError(DocgenError):
    """Stored proof does not add up."""

    code = "evidence"


class DigestMismatch(EvidenceError):
    """Bytes differ from what their digest promises."""

    code = "digest-mismatch"


class SignatureInvalid(EvidenceError):
    """A signature does not hold."""

    code = "signature-invalid"


class ArchiveConflict(EvidenceError):
    """Other bytes already lie under this key."""

    code = "archive-conflict"


class IntegrationError(DocgenError):
    """A neighbouring system failed."""

    code = "integration"

    def __init__(self, message: str, *, service: str, request_id: str | None = None) -> None:
        self.service = service
        self.request_id = request_id
        super().__init__(message)


class ServiceRejected(IntegrationError):
    """The signing service refused the request; trying again will not help."""

    code = "service-rejected"


class Unauthorized(ServiceRejected):
    """The signing service does not accept our credentials; a token that ran out is renewed once."""

    code = "service-unauthorized"


class ServiceUnavailable(IntegrationError):
    """The neighbour did not answer in time; the step is tried again later."""

    code = "service-unavailable"

    def __init__(
        self,
        message: str,
        *,
        service: str,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message, service=service, request_id=request_id)


class UnsupportedFeature(IntegrationError):
    """The signing service cannot do what the plan needs."""

    code = "unsupported-feature"


class CallbackRejected(IntegrationError):
    """A callback failed verification and was not believed."""

    code = "callback-rejected"


class StorageError(DocgenError):
    """The disk refused a write; nothing was half-written."""

    code = "storage"


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message names it and what to put there."""

    code: ClassVar[str] = "configuration"
