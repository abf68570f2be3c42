"""One way to speak HTTP with a signing service: pooled, bounded, and wary of what comes back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from docgen.errors import (
    ConfigurationError,
    Gone,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    Unauthorized,
)

if TYPE_CHECKING:
    from datetime import datetime

CONNECT_S, READ_S = 8.0, 60.0
WHOLE_S = 240.0  # for a whole answer, however steadily it trickles in
LARGEST_ANSWER = 4 * 1024 * 1024
LARGEST_FILE = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_LOOKS = 3  # how often a request that changes nothing is made before we give up for now
_PAUSE_S = 0.5
_LONGEST_WAIT_S = 6 * 3600.0
_WORD = re.compile(r"[A-Za-z_-]{1,40}")  # ids hold digits
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,59}")
_UNAUTHORIZED, _FORBIDDEN, _MISSING, _TOO_MANY, _SERVER_FAULT = 401, 403, 404, 429, 500
_GONE = 410
_TOO_EARLY = frozenset({408, 425})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer. Header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    def json(self, service: str) -> dict[str, Any]:
        """Read the body as one JSON object, which is what every service answers.

        Raises:
            ServiceUnavailable: it is none; something other than the service answered.
        """
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ServiceUnavailable(
                f"What the signing service {service} answered is not as documented; it is asked "
                "again later.",
                service=service,
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form to send; with files it is a multipart one. A file is (field, (name, bytes, media))."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[tuple[str, tuple[str, bytes, str]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What goes along with a request."""

    params: Mapping[str, str] | None
    body: object
    form: Form | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one vendor says things: where its error code stands, and where how long to wait.

    `code_at` is the path to the error code in the JSON body; `wait_at` that to the seconds to wait,
    for where no Retry-After is sent; `reset` a header with the epoch second at which the limit
    ends; `trace` a header that names the request for the vendor's support;
    `later` are codes that only mean "not yet"; `unsaid_wait_s` says how long to wait where a limit
    does not say how long it lasts; `alone` are codes of limits that hold for one envelope alone.
    """

    code_at: tuple[str, ...]
    wait_at: tuple[str, ...] = ()
    reset: str = ""
    trace: str = ""
    throttled: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    unsaid_wait_s: float = 60.0
    alone: frozenset[str] = frozenset()


class _Straight(requests.Session):
    """Goes nowhere else. `requests` would read a redirect's whole body, however long it is."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """See no redirect at all."""


class ServiceSession:
    """Speaks with one service.

    Certificates are always checked; redirects, proxies and cookies are never used; answers are
    limited in size and time. What only reads is tried again with a pause; what changes something
    never is, since its outcome is unknown: the caller looks first. Where a service says how long to
    wait, nothing of that kind is asked before, about whatever envelope: some count the time anew.
    """

    def __init__(
        self,
        service: str,
        words: Words,
        now: Callable[[], datetime],
        *,
        pause: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        timeouts: tuple[float, float] = (CONNECT_S, READ_S),
    ) -> None:
        self._service = service
        self._words = words
        self._now = now
        self._pause = pause
        self._monotonic = monotonic
        self._timeouts = timeouts
        self._held: dict[str, datetime] = {}  # until when each kind of request waits
        self._session = _Straight()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("https://", HTTPAdapter(pool_connections=4, pool_maxsize=8))

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        form: Form | None = None,
        largest: int = LARGEST_ANSWER,
    ) -> Answer:
        """Make one request; reading is tried again twice after a lost connection or a fault there.

        `body` is sent as JSON.

        Raises:
            NotFound: the service has no such thing.
            ServiceRejected: it refuses, and would again.
            ServiceUnavailable: it cannot answer now, or its answer was lost.
        """
        self._refuse_held(_kind(method, url))
        sent = _Sent(params=params, body=body, form=form)
        looks = _LOOKS if method == "GET" else 1
        for look in range(1, looks + 1):
            try:
                return self._once(method, url, headers, sent, largest)
            except ServiceUnavailable as error:
                if look == looks or error.retry_after_s is not None:
                    raise
                self._pause(_PAUSE_S * 2 ** (look - 1))
        raise AssertionError

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], sent: _Sent, largest: int
    ) -> Answer:
        form = sent.form
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                params=sent.params,
                json=sent.body,
                data=dict(form.fields) if form else None,
                files=list(form.files) if form and form.files else None,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            ) as got:
                names = {name.lower(): value for name, value in got.headers.items()}
                answer = Answer(
                    status=got.status_code, headers=names, body=self._limited(got, largest)
                )
        except requests.RequestException as error:
            raise ServiceUnavailable(
                f"The signing service {self._service} cannot be reached ({_reason(error)}); what "
                "was asked of it is looked up and tried again later.",
                service=self._service,
            ) from error
        self._refuse(answer, _kind(method, url))
        return answer

    def _refuse_held(self, kind: str) -> None:
        """Ask nothing that the service told us to wait with."""
        until = self._held.get(kind)
        left = (until - self._now()).total_seconds() if until is not None else 0.0
        if left > 0:
            raise ServiceUnavailable(
                f"The signing service {self._service} asked us to wait; it is asked again after "
                "that.",
                service=self._service,
                retry_after_s=left,
            )

    def _limited(self, got: requests.Response, largest: int) -> bytes:
        parts, length = [], 0
        for chunk in self._chunks(got):
            length += len(chunk)
            if length > largest:
                raise ServiceRejected(
                    f"The signing service {self._service} answered with more than "
                    f"{largest // 1024} KiB, which is not taken in.",
                    service=self._service,
                )
            parts.append(chunk)
        promised = got.headers.get("Content-Length", "")
        encoded = got.headers.get("Content-Encoding", "")
        if promised.isdecimal() and not encoded and int(promised) != length:
            raise requests.ConnectionError
        return b"".join(parts)

    def _chunks(self, got: requests.Response) -> Iterator[bytes]:
        """Give what has come, as it comes, until the whole takes too long."""
        until = self._monotonic() + WHOLE_S
        try:
            while chunk := got.raw.read1(_CHUNK, decode_content=True):
                yield chunk
                if self._monotonic() > until:
                    raise requests.ReadTimeout
        except ReadTimeoutError as error:
            raise requests.ReadTimeout from error
        except HTTPError as error:
            raise requests.exceptions.ChunkedEncodingError from error

    def _refuse(self, answer: Answer, kind: str) -> None:
        """Raise what an answer that is no success means."""
        if requests.codes.ok <= answer.status < requests.codes.multiple_choices:
            return
        code, trace = self._code(answer), answer.headers.get(self._words.trace.lower(), "")
        said = f"status {answer.status}" + (f", {code}" if code else "")
        limited = answer.status == _TOO_MANY or code in self._words.throttled
        wait = self._wait(answer, limited=limited)
        if limited:
            if wait is not None and code not in self._words.alone:
                self._held[kind] = self._now() + timedelta(seconds=wait)
            raise ServiceUnavailable(
                f"The signing service {self._service} asks us to wait ({said}); it is asked again "
                "after that.",
                service=self._service,
                request_id=trace,
                retry_after_s=wait if wait is not None else self._words.unsaid_wait_s,
            )
        early = answer.status in _TOO_EARLY or code in self._words.later
        if answer.status >= _SERVER_FAULT or early:
            raise ServiceUnavailable(
                f"The signing service {self._service} failed ({said}); what was asked of it is "
                "looked up and tried again later.",
                service=self._service,
                request_id=trace,
                retry_after_s=wait,
            )
        if answer.status == _GONE:
            raise Gone(f"The signing service {self._service} no longer has this envelope ({said}).")
        if answer.status == _MISSING or code in self._words.missing:
            raise NotFound(f"The signing service {self._service} knows no such envelope ({said}).")
        if answer.status in {_UNAUTHORIZED, _FORBIDDEN}:
            raise Unauthorized(
                f"The signing service {self._service} does not accept our credentials ({said}). "
                "Check them in settings.toml, and that the account may send.",
                service=self._service,
                request_id=trace,
            )
        raise ServiceRejected(
            f"The signing service {self._service} refused what was asked of it ({said}).",
            service=self._service,
            request_id=trace,
        )

    def _code(self, answer: Answer) -> str:
        """Read the vendor's error code; its sentences may hold names and are never passed on."""
        found = _stands_at(answer, self._words.code_at)
        return found if isinstance(found, str) and _CODE.fullmatch(found) else ""

    def _wait(self, answer: Answer, *, limited: bool) -> float | None:
        """Say how many seconds the service wants us to wait, if it does."""
        given = _seconds(answer.headers.get("retry-after", ""))
        if given is None and limited and self._words.wait_at:
            given = _seconds(_stands_at(answer, self._words.wait_at))
        if given is not None:
            return given
        reset = answer.headers.get(self._words.reset.lower(), "") if self._words.reset else ""
        if limited and reset.isascii() and reset.isdecimal():
            left = int(reset[:12]) - self._now().timestamp()
            return min(max(left, 1.0), _LONGEST_WAIT_S)
        return None


def _stands_at(answer: Answer, path: Sequence[str]) -> object:
    """Give what stands at this place of a JSON body; None where there is no such place."""
    try:
        found = json.loads(answer.body)
        for name in path:
            found = found[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found


def _seconds(told: object) -> float | None:
    """Read a wait in whole seconds, as a number or as text; None for anything else."""
    text = str(told) if type(told) is int else told
    if not isinstance(text, str) or len(text) >= len("1000000"):
        return None
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(float(text), _LONGEST_WAIT_S)


def _kind(method: str, url: str) -> str:
    """Name what is asked for, without whose: limits are counted so, if not for all together."""
    parts = urlsplit(url).path.split("/")
    return " ".join([method, *(part for part in parts if _WORD.fullmatch(part))])


def service_address(text: str, service: str, *, loopback: bool) -> str:
    """Check a service's base address; plain http is for a simulator on this machine alone.

    Raises:
        ConfigurationError: it is no https address.
    """
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    here = loopback and parts.scheme == "http" and _is_loopback(host)
    odd = parts.query or parts.fragment or parts.username or port == 0
    if not host or odd or not (parts.scheme == "https" or here):
        raise ConfigurationError(
            f"[services.{service}] needs an https address of the signing service, without user, "
            "query or fragment; plain http is only for a simulator on this machine, in demo mode."
        )
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _reason(error: requests.RequestException) -> str:
    """Say in a few words what went wrong, without addresses."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    return "the connection was lost"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "its certificate is not to be trusted for this host name"),
    (requests.Timeout, "it did not answer in time"),
    (requests.exceptions.ChunkedEncodingError, "its answer broke off"),
    (requests.ConnectionError, "the connection failed"),
)
