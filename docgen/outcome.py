"""The one table from our errors to exit codes and HTTP statuses; a test proves it total."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.errors import (
    CallbackRejected,
    ConfigurationError,
    DocgenError,
    EvidenceError,
    InputError,
    IntegrationError,
    MalformedRequest,
    NotAllowed,
    NotFound,
    Refused,
    StorageError,
    TokenRefused,
    TooManyTries,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one kind of error ends a command and a request."""

    exit_code: int
    status: int
    heading: str


OUTCOMES: dict[type[Exception], Outcome] = {
    InputError: Outcome(exit_code=2, status=422, heading="This cannot be used as it is"),
    MalformedRequest: Outcome(exit_code=2, status=400, heading="This cannot be read"),
    NotFound: Outcome(exit_code=3, status=404, heading="Not found"),
    NotAllowed: Outcome(exit_code=4, status=403, heading="Not allowed"),
    TokenRefused: Outcome(exit_code=4, status=401, heading="No valid token"),
    TooManyTries: Outcome(exit_code=4, status=429, heading="Please wait a little"),
    Refused: Outcome(exit_code=4, status=409, heading="Not now"),
    EvidenceError: Outcome(exit_code=5, status=409, heading="The evidence does not add up"),
    CallbackRejected: Outcome(exit_code=6, status=401, heading="Not believed"),
    IntegrationError: Outcome(exit_code=6, status=502, heading="A connected service failed"),
    StorageError: Outcome(exit_code=7, status=507, heading="Nothing could be stored"),
    ConfigurationError: Outcome(exit_code=8, status=500, heading="A setting is missing"),
    DocgenError: Outcome(exit_code=1, status=500, heading="Something went wrong"),
}


def outcome_of(error: Exception) -> Outcome:
    """Give the outcome of the nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in OUTCOMES:
            return OUTCOMES[kind]
    return OUTCOMES[DocgenError]
