"""A time stamping authority over HTTP (RFC 3161 section 3.4), with `requests`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import requests

from docgen.errors import ConfigurationError, ServiceUnavailable
from integrations.timestamp.token import check_granted

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASKED, _ANSWERED = "application/timestamp-query", "application/timestamp-reply"
_LIMIT = 64 * 1024  # real answers stay below 10 KiB
_CHUNK = 8 * 1024


class HttpTimeStamper:
    """Asks one address; no redirects, no proxies from the environment, no endless answers."""

    key: ClassVar[str] = "http"

    def __init__(self, url: str, *, timeout_s: float = 10.0) -> None:
        """Take the authority's address.

        Raises:
            ConfigurationError: it is no http or https address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(
                "[timestamp] url must be the http or https address of a time stamping authority."
            )
        self._url = url
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def development(self) -> bool:
        """Say no: somebody else vouches for the time."""
        return False

    def respond(self, request_der: bytes) -> bytes:
        """Post the request and return the answer, if it grants a token."""
        try:
            with self._session.post(
                self._url,
                data=request_der,
                headers={"Content-Type": _ASKED, "Accept": _ANSWERED},
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as answer:
                kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
                if answer.status_code != requests.codes.ok or kind != _ANSWERED:
                    raise _no_answer(_what(answer), answer)
                body = b"".join(_limited(answer))
        except requests.RequestException as error:
            raise _no_answer(_reason(error)) from error
        return check_granted(body)


def _limited(answer: requests.Response) -> Iterator[bytes]:
    length = 0
    for chunk in answer.iter_content(_CHUNK):
        length += len(chunk)
        if length > _LIMIT:
            raise _no_answer("its answer is far too long")
        yield chunk


def _what(answer: requests.Response) -> str:
    if answer.status_code != requests.codes.ok:
        return f"it answered with status {answer.status_code}"
    return "something else answers at this address"


def _reason(error: requests.RequestException) -> str:
    """Say what went wrong so that whoever keeps the settings knows which to look at."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    return "the connection was lost"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "its certificate is not to be trusted for this host name"),
    (requests.Timeout, "it did not answer in time"),
    (requests.ConnectionError, "its host is not known or nothing answers there"),
)


def _no_answer(reason: str, answer: requests.Response | None = None) -> ServiceUnavailable:
    wait = answer.headers.get("Retry-After", "") if answer is not None else ""
    return ServiceUnavailable(
        f"The time stamping authority did not answer with a time stamp ({reason}); it is asked "
        "again later.",
        service="timestamp",
        retry_after_s=float(wait) if wait.isdecimal() else None,
    )
