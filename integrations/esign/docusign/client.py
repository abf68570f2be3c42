"""DocuSign's calls: a token by JWT grant, the account's own address, envelopes.

https://developers.docusign.com/platform/auth/jwt-get-token/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt

from docgen.errors import ConfigurationError, ServiceRejected, Unauthorized
from integrations.vendor.page import own_page
from integrations.vendor.part import address_part
from integrations.vendor.session import LARGEST_FILE, Form, Words, service_address
from integrations.vendor.told import listed, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from integrations.vendor.session import Answer, ServiceSession

KEY = "docusign"
SCOPE = "signature impersonation"
LIFETIME = timedelta(hours=1)
EARLY = timedelta(minutes=5)  # a token this near its end is not used any more
# Pages for signing lie beside the account's own address, at another host of DocuSign's.
HOSTS = (".docusign.net", ".docusign.com")
# An envelope's id is a GUID; documents are numbered by whoever sends them.
GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
DOCUMENT = re.compile(r"[0-9]{1,9}|certificate")
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WORDS = Words(
    code_at=("errorCode",),
    reset="x-ratelimit-reset",
    trace="x-docusign-tracetoken",
    throttled=frozenset(
        {"HOURLY_APIINVOCATION_LIMIT_EXCEEDED", "Hourly_Envelope_Polling_Limit_Exceeded"}
    ),
    missing=frozenset({"ENVELOPE_DOES_NOT_EXIST"}),
    alone=frozenset({"Hourly_Envelope_Polling_Limit_Exceeded"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who we are: the integration key, the user we act for, and the key that signs our claims."""

    integration_key: str
    user_id: str
    account_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    text: str = field(repr=False)
    until: datetime


class DocusignClient:
    """Speaks with one account. Tokens are kept until shortly before they end."""

    def __init__(
        self,
        session: ServiceSession,
        address: str,
        credentials: Credentials,
        now: Callable[[], datetime],
        *,
        loopback: bool = False,
    ) -> None:
        self._session = session
        self._address = address
        self._credentials = credentials
        self._now = now
        self._loopback = loopback
        self._token: _Token | None = None
        self._account = ""

    def create(self, body: Mapping[str, object]) -> str:
        """Create and send an envelope; give its id."""
        return str(told(self._json("POST", "/envelopes", body=body), "envelopeId", KEY))

    def envelope(self, envelope_id: str) -> Any:
        """Read one envelope with its recipients and custom fields."""
        envelope = self._json("GET", _path(envelope_id), params=WHOLE)
        told(envelope, "envelopeId", KEY)
        return envelope

    def envelopes(self, **asked: str) -> list[Any]:
        """List envelopes with their recipients and custom fields.

        Asked by transaction, DocuSign may answer with ids alone; those are read then. A list that
        would be empty may be left out, but never how many there are.
        """
        found = self._json("GET", "/envelopes", params={**asked, **WHOLE})
        told(found, "resultSetSize", KEY)
        if found.get("envelopes"):
            return listed(found, "envelopes", KEY)
        named = [one.get("envelopeId") for one in found.get("envelopeTransactionStatuses") or []]
        return [self.envelope(str(one)) for one in named if one]

    def void(self, envelope_id: str, reason: str) -> None:
        """Void an envelope that is out for signature."""
        self._json(
            "PUT",
            _path(envelope_id),
            body={"status": "voided", "voidedReason": reason[:200]},
        )

    def update_signer(self, envelope_id: str, signer: Mapping[str, str]) -> None:
        """Correct a signer, or with the id alone write to them again.

        Raises:
            ServiceRejected: DocuSign answers 200 and says in the body that it did not.
        """
        answer = self._json(
            "PUT",
            f"{_path(envelope_id)}/recipients",
            params={"resend_envelope": "true"},
            body={"signers": [dict(signer)]},
        )
        for result in answer.get("recipientUpdateResults") or []:
            code = (result.get("errorDetails") or {}).get("errorCode", "SUCCESS")
            if code != "SUCCESS":
                raise ServiceRejected(
                    "DocuSign did not change the recipient: they have signed already, or the "
                    "envelope has ended.",
                    service=KEY,
                )

    def recipient_view(self, envelope_id: str, body: Mapping[str, str]) -> str:
        """Have a signer's page opened; give its address, which serves once and for minutes.

        Raises:
            ServiceRejected: the address is not DocuSign's.
        """
        path = f"{_path(envelope_id)}/views/recipient"
        url = str(self._json("POST", path, body=body).get("url"))
        return own_page(url, HOSTS, KEY, simulated=self._address if self._loopback else "")

    def document(self, envelope_id: str, document_id: str) -> bytes:
        """Fetch one document, or `certificate`, as a PDF."""
        params = {} if document_id == "certificate" else {"certificate": "false"}
        path = f"{_path(envelope_id)}/documents/{address_part(document_id, DOCUMENT, KEY)}"
        return self._ask("GET", path, params=params, largest=LARGEST_FILE).body

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._ask(method, path, **asked).json(KEY)

    def _ask(self, method: str, path: str, **asked: Any) -> Answer:
        """Ask with a token; one that is no longer accepted is minted again, once."""
        try:
            return self._asked(method, path, **asked)
        except Unauthorized:
            self._token = None
            return self._asked(method, path, **asked)

    def _asked(self, method: str, path: str, **asked: Any) -> Answer:
        headers = self._headers()
        return self._session.ask(method, f"{self._account_address()}{path}", headers, **asked)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._valid_token()}", "Accept": "*/*"}

    def _valid_token(self) -> str:
        if self._token is None or self._now() >= self._token.until - EARLY:
            self._token = self._minted()
        return self._token.text

    def _minted(self) -> _Token:
        """Ask for a token with claims signed by our key.

        Raises:
            ConfigurationError: the private key is no RSA key in PEM.
            Unauthorized: DocuSign refuses; most often nobody has given consent yet.
        """
        at, own = self._now(), self._credentials
        claims = {
            "iss": own.integration_key,
            "sub": own.user_id,
            "aud": urlsplit(self._address).netloc,
            "iat": int(at.timestamp()),
            "exp": int((at + LIFETIME).timestamp()),
            "scope": SCOPE,
        }
        try:
            assertion = jwt.encode(claims, own.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise ConfigurationError(
                "[services.docusign] private_key_file must hold the RSA private key of the "
                "integration key, in PEM, as DocuSign shows it once."
            ) from error
        form = Form(fields={"grant_type": GRANT, "assertion": assertion})
        try:
            answer = self._session.ask("POST", f"{self._address}/oauth/token", {}, form=form)
        except ServiceRejected as error:
            raise Unauthorized(
                "DocuSign gives no token for this integration key and user. Open "
                f"{self._address}/oauth/auth?response_type=code&scope=signature%20impersonation"
                f"&client_id={own.integration_key}&redirect_uri=... once as that user to give "
                "consent, and check integration_key, user_id and the private key.",
                service=KEY,
                request_id=error.request_id,
            ) from error
        found = answer.json(KEY)
        lasts = min(int(found.get("expires_in", 3600)), int(LIFETIME.total_seconds()))
        return _Token(
            text=str(told(found, "access_token", KEY)), until=at + timedelta(seconds=lasts)
        )

    def _account_address(self) -> str:
        """Ask once where the account lives; it differs by region and is never guessed."""
        if not self._account:
            url = f"{self._address}/oauth/userinfo"
            answer = self._session.ask("GET", url, self._headers()).json(KEY)
            wanted = self._credentials.account_id
            mine = [
                item
                for item in listed(answer, "accounts", KEY)
                if told(item, "account_id", KEY) == wanted
                or (not wanted and str(item.get("is_default")).lower() == "true")
            ]
            if not mine:
                raise ConfigurationError(
                    "[services.docusign] account_id names no account of the user; leave it out to "
                    "use the user's default account."
                )
            base = service_address(
                str(told(mine[0], "base_uri", KEY)), KEY, loopback=self._loopback
            )
            self._account = f"{base}/restapi/v2.1/accounts/{mine[0]['account_id']}"
        return self._account


def _path(envelope_id: str) -> str:
    return f"/envelopes/{address_part(envelope_id, GUID, KEY)}"


WHOLE = {"include": "recipients,custom_fields"}
