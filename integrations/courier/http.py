"""Callbacks over HTTP with `requests`; no redirects, no proxies from the environment."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, ClassVar

import requests

from docgen.errors import ServiceRejected, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S = 15
_CLIENT_FAULT = 400
_SERVER_FAULT = 500


class HttpCourier:
    """Posts over HTTP."""

    key: ClassVar[str] = "http"

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Deliver, or raise."""
        try:
            answer = self._session.post(
                url, headers=dict(headers), data=body, timeout=TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ServiceUnavailable(
                "The receiver of callbacks did not answer; the callback is tried again later.",
                service="callback",
            ) from error
        if answer.status_code >= _SERVER_FAULT:
            raise ServiceUnavailable(
                f"The receiver of callbacks answered {answer.status_code}; tried again later.",
                service="callback",
            )
        if not answer.ok or answer.status_code >= _CLIENT_FAULT or answer.is_redirect:
            raise ServiceRejected(
                f"The receiver of callbacks refused with {answer.status_code}; "
                "check its address and the callback secret.",
                service="callback",
            )
