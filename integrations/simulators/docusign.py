"""DocuSign eSignature REST v2.1 and Connect, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.simulators.answers.docusign import EVENTS, refusal, say, shown
from integrations.simulators.creation.docusign import Creation
from integrations.simulators.envelope import Ending, Happening
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import report
from integrations.simulators.shapes.docusign import (
    CORRECTION,
    LIST_QUERY,
    LONGEST_LIST,
    LONGEST_RETURN,
    VIEW,
)
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.envelope import Envelope
    from integrations.simulators.kit import Callback

ACCOUNT = "11111111-2222-4333-8444-555555555555"
_BASE = rf"/restapi/v2\.1/accounts/{ACCOUNT}"
_PAGE = "/Signing/StartInSession.aspx"
_VIEW_LASTS = timedelta(minutes=5)
_SECRET = "s3cret-docusign-hmac"  # noqa: S105  # the simulator's own


class DocusignSimulator(Simulator):
    """One account. `public_key` (PEM) checks who asks for tokens; without it anybody may.

    `pages_at` is where it says its pages for signing lie. With `names_alone` it answers a question
    for a transaction with the envelope's id and nothing more of it. Until its user has `consented`
    it gives no token.
    """

    name: ClassVar[str] = "docusign"
    title: ClassVar[str] = "DocuSign"

    def __init__(self, *, public_key: str = "", secret: str = _SECRET, **rest: Any) -> None:
        super().__init__(**rest)
        self.public_key = public_key
        self.secret = secret
        self.tokens: dict[str, datetime] = {}
        self.pages_at = ""
        self.names_alone, self.consented = False, True
        self.views: dict[str, tuple[str, str, datetime]] = {}

    def routes(self) -> Sequence[Route]:
        """List the documented operations."""
        one = rf"{_BASE}/envelopes/([^/]+)"
        return (
            Route(method="POST", pattern="/oauth/token", act=self.grant, open=True),
            Route(method="GET", pattern="/oauth/userinfo", act=self.user),
            Route(method="POST", pattern=f"{_BASE}/envelopes", act=self.create),
            Route(method="GET", pattern=f"{_BASE}/envelopes", act=self.listed),
            Route(method="GET", pattern=one, act=self.show),
            Route(method="PUT", pattern=one, act=self.change),
            Route(method="PUT", pattern=f"{one}/recipients", act=self.correct),
            Route(method="POST", pattern=f"{one}/views/recipient", act=self.view_for),
            Route(method="GET", pattern=_PAGE, act=self.open_view, open=True),
            Route(method="GET", pattern=rf"{one}/documents/(\d+|certificate)", act=self.document),
        )

    # Who asks ------------------------------------------------------------------------------------

    def grant(self, asked: Asked) -> Answered:
        """Give a token for signed claims."""
        fields, _ = asked.form()
        if not self.consented:
            raise refusal(400, "consent_required", at="error")
        if fields.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            raise refusal(400, "unsupported_grant_type", at="error")
        options = {"verify_signature": bool(self.public_key), "verify_iat": False}
        options |= {"verify_exp": False, "verify_aud": False}
        try:
            claims = jwt.decode(
                fields.get("assertion", ""),
                self.public_key or None,  # type: ignore[arg-type]  # none: not checked
                algorithms=["RS256"],
                options=options,  # type: ignore[arg-type]  # a plain mapping is taken as well
            )
        except jwt.PyJWTError as error:
            raise refusal(400, "invalid_grant", at="error") from error
        at = self.now().timestamp()
        sound = (
            {"iss", "sub", "aud", "iat", "exp", "scope"} <= set(claims)
            and claims["aud"] == self.url.removeprefix("http://")
            and claims["scope"] == "signature impersonation"
            and claims["iat"] <= at < claims["exp"] <= claims["iat"] + 3600
        )
        if not sound:
            self.fault("the claims of a token are not as documented")
            raise refusal(400, "invalid_grant", at="error")
        token = self.fresh("token-")
        self.tokens[token] = self.now() + timedelta(hours=1)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        return Answered(body=answer | {"scope": "signature impersonation"})

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account; a key pair is made when none was given."""
        secrets = {"callback_secret": self.secret}
        if not self.public_key:
            self.public_key, secrets["private_key"] = key_pair()
        return {"address": self.url, "integration_key": "simulated", "user_id": "user"}, secrets

    def refuse_stranger(self, asked: Asked) -> None:
        """Refuse whoever has no token that still holds."""
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        until = self.tokens.get(token)
        if scheme != "Bearer" or until is None or until <= self.now():
            raise refusal(401, "AUTHORIZATION_INVALID_TOKEN")

    def user(self, asked: Asked) -> Answered:
        """Say where the account lives."""
        account = {
            "account_id": ACCOUNT,
            "is_default": True,
            "account_name": "Example",
            "base_uri": self.url,
        }
        return Answered(body={"sub": "user", "name": "Example", "accounts": [account]})

    # Envelopes -----------------------------------------------------------------------------------

    def create(self, asked: Asked) -> Answered:
        """Create and send."""
        envelope = Creation(self).envelope(asked)
        self.callback_url = envelope.notes["callback_url"]
        self.envelopes[envelope.id] = envelope
        self.tell(envelope, Happening.SENT)
        summary = {"envelopeId": envelope.id, "status": "sent", "uri": f"/envelopes/{envelope.id}"}
        return Answered(status=201, body=summary | {"statusDateTime": say(self.now())})

    def listed(self, asked: Asked) -> Answered:
        """List envelopes by transaction, or by a custom field since a date."""
        if not {"from_date", "transaction_ids", "envelope_ids"} & set(asked.query):
            raise refusal(400, "INVALID_REQUEST_PARAMETER")
        self.only(asked.query, LIST_QUERY, "a list")
        found = list(self.envelopes.values())
        wanted = asked.query.get("transaction_ids")
        if wanted is not None:
            found = [
                item
                for item in found
                if item.key == wanted and self.now() < item.notes["transaction_until"]
            ]
        if "envelope_ids" in asked.query:
            ids = asked.query["envelope_ids"].split(",")
            if len(ids) > LONGEST_LIST:
                self.fault("a list names more envelopes than an address holds")
            found = [item for item in found if item.id in ids]
        if "custom_field" in asked.query:
            name, _, value = asked.query["custom_field"].partition("=")
            since = datetime.fromisoformat(asked.query["from_date"])
            found = [
                item
                for item in found
                if item.notes["fields"].get(name) == value and item.sent_at >= since
            ]
        size = {"resultSetSize": str(len(found))}
        if wanted is not None and self.names_alone:
            named = [
                {"transactionId": wanted, "envelopeId": item.id, "status": "sent"} for item in found
            ]
            return Answered(body=size | {"envelopeTransactionStatuses": named})
        return Answered(
            body=size | ({"envelopes": [shown(item) for item in found]} if found else {})
        )

    def show(self, asked: Asked, envelope_id: str) -> Answered:
        """Show one envelope."""
        self.only(asked.query, {"include"}, "an envelope's query")
        return Answered(body=shown(self.envelope(envelope_id)))

    def change(self, asked: Asked, envelope_id: str) -> Answered:
        """Void an envelope that is out for signature."""
        envelope, told = self.envelope(envelope_id), asked.json()
        self.only(told, {"status", "voidedReason"}, "a change")
        if told.get("status") != "voided" or not told.get("voidedReason"):
            raise refusal(400, "INVALID_REQUEST_PARAMETER")
        if envelope.ended is not None:
            raise refusal(400, "ENVELOPE_CANNOT_VOID_INVALID_STATE")
        envelope.reason = told["voidedReason"][:200]
        self.end(envelope, Ending.VOIDED)
        return Answered(body={"envelopeId": envelope_id})

    def correct(self, asked: Asked, envelope_id: str) -> Answered:
        """Correct signers, or write to them again; what does not work is said in a 200."""
        envelope, told = self.envelope(envelope_id), asked.json()
        self.only(told, {"signers"}, "a correction")
        if asked.query != {"resend_envelope": "true"}:
            self.fault("a correction is not resent")
        results = []
        for one in told["signers"]:
            self.only(one, CORRECTION, "a correction's signer")
            person = envelope.person(one["recipientId"])
            code = "SUCCESS"
            if envelope.ended is not None or person.done:
                code = "RECIPIENT_HAS_COMPLETED"
            elif "email" in one:
                person.name, person.email = one.get("name", person.name), one["email"]
                person.viewed_at = None
                envelope.notes["captive"][person.id] = one.get("clientUserId", "")
            else:
                person.reminded += 1
            results.append({"recipientId": person.id, "errorDetails": {"errorCode": code}})
        return Answered(body={"recipientUpdateResults": results})

    def view_for(self, asked: Asked, envelope_id: str) -> Answered:
        """Give the address of a page for one signer, to whom no letter goes."""
        envelope, told = self.envelope(envelope_id), asked.json()
        self.only(told, VIEW, "a view")
        if set(told) != VIEW or len(told["returnUrl"]) > LONGEST_RETURN:
            raise refusal(400, "INVALID_REQUEST_PARAMETER")
        person = next((one for one in envelope.people if one.id == told["recipientId"]), None)
        captive = envelope.notes["captive"].get(told["recipientId"])
        if (
            person is None
            or not captive
            or captive != told["clientUserId"]
            or (person.email, person.name) != (told["email"], told["userName"])
        ):
            raise refusal(400, "UNKNOWN_ENVELOPE_RECIPIENT")
        if person not in envelope.turn:
            raise refusal(400, "RECIPIENT_NOT_IN_SEQUENCE")
        envelope.return_url = told["returnUrl"]
        token = self.fresh("s3cret")
        self.views[token] = (envelope.id, person.id, self.now() + _VIEW_LASTS)
        return Answered(status=201, body={"url": f"{self.pages_at or self.url}{_PAGE}?t={token}"})

    def open_view(self, asked: Asked) -> Answered:
        """Show a signer's page, once and within minutes."""
        found = self.views.pop(asked.query.get("t", ""), None)
        if found is None or self.now() > found[2]:
            raise refusal(404, "VIEW_HAS_ENDED")
        envelope = self.envelopes[found[0]]
        return self.signing_page(envelope, envelope.person(found[1]))

    def leads_back(self, envelope: Envelope, act: str) -> str:
        """Say in the address what a person did; it proves nothing."""
        joint = "&" if "?" in envelope.return_url else "?"
        event = {"sign": "signing_complete", "decline": "decline"}.get(act, "cancel")
        return f"{envelope.return_url}{joint}event={event}"

    def document(self, asked: Asked, envelope_id: str, which: str) -> Answered:
        """Give a document as it stands, or the certificate."""
        envelope = self.envelope(envelope_id)
        if which == "certificate":
            people = [f"{item.name} {item.email} {item.signed_at}" for item in envelope.people]
            return Answered(
                body=report("Certificate Of Completion", [envelope.id, *people], self.title)
            )
        if not 1 <= int(which) <= len(envelope.files):
            raise self.unknown(which)
        if not envelope.sealed or envelope.seal_waits:
            envelope.seal_waits = max(0, envelope.seal_waits - 1)
            return Answered(body=envelope.files[int(which) - 1][1])
        return Answered(body=envelope.sealed[int(which) - 1])

    # Callbacks and refusals ----------------------------------------------------------------------

    def letter(self, callback: Callback) -> Letter:
        """Write a Connect message, with one signature for each of two keys of the account."""
        envelope = self.envelopes[callback.envelope_id]
        body = json.dumps(
            {
                "event": EVENTS[callback.happening],
                "apiVersion": "v2.1",
                "uri": f"/restapi/v2.1/accounts/{ACCOUNT}/envelopes/{envelope.id}",
                "retryCount": 0,
                "configurationId": 12345,
                "generatedDateTime": say(callback.at),
                "data": {
                    "accountId": ACCOUNT,
                    "userId": "user",
                    "envelopeId": envelope.id,
                    "envelopeSummary": shown(envelope),
                },
            }
        ).encode()
        macs = [
            base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()
            for key in ("another key of the account", self.secret)
        ]
        headers = {
            f"X-DocuSign-Signature-{number}": mac for number, mac in enumerate(macs, start=1)
        }
        return Letter(
            url=self.callback_url,
            headers={"Content-Type": "application/json; charset=utf-8", **headers},
            body=body,
        )

    def throttled(self) -> Refusal:
        """Say that the hour's calls are used up."""
        reset = str(int((self.now() + timedelta(minutes=20)).timestamp()))
        headers = {"X-RateLimit-Limit": "3000", "X-RateLimit-Reset": reset}
        return refusal(429, "HOURLY_APIINVOCATION_LIMIT_EXCEEDED", headers=headers)

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such envelope."""
        return refusal(404, "ENVELOPE_DOES_NOT_EXIST")

    def malformed(self) -> Refusal:
        """Say that a request is not as documented."""
        return refusal(400, "INVALID_REQUEST_BODY")


def key_pair() -> tuple[str, str]:
    """Make an RSA key pair in PEM: the public and the private half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public.decode(), private.decode()
