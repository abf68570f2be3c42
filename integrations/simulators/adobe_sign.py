"""Adobe Acrobat Sign REST v6, simulated.

Only what is documented is answered; every other route, field or type is a fault.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from integrations.simulators.answers.adobe_sign import (
    EVENTS,
    LISTED,
    history,
    members,
    refusal,
    say,
    standing,
)
from integrations.simulators.creation.adobe_sign import Creation
from integrations.simulators.envelope import Ending, Envelope, Happening
from integrations.simulators.kit import Simulator
from integrations.simulators.seal import Written, joined, report, seal
from integrations.simulators.shapes.adobe_sign import PARTICIPANT_SET
from integrations.simulators.sheets import sheet_sizes
from integrations.simulators.wire import Answered, Asked, Letter, Refusal, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.simulators.kit import Callback

_KEY = "s3cret-adobe-integration-key"
_AT = "/api/rest/v6"


class AdobeSignSimulator(Simulator):
    """One account. The list of agreements runs `index_lag` behind, as the real one does.

    `processing` is how many looks at a new agreement still find its documents unread; `preparing`
    how many questions for signing addresses come too early. `pages_at` is where it says they lie.
    With `moved` the account lives elsewhere until somebody asks where. With `waits_in_body` a
    limit says in its body alone how long to wait, as where something in between drops the header.
    """

    name: ClassVar[str] = "adobe_sign"
    title: ClassVar[str] = "Acrobat Sign"

    def __init__(
        self, *, integration_key: str = _KEY, client_id: str = "client", **rest: Any
    ) -> None:
        super().__init__(**rest)
        self.integration_key = integration_key
        self.client_id = client_id
        self.index_lag = timedelta(0)
        self.processing = 0
        self.preparing, self.pages_at, self.moved = 0, "", False
        self.waits_in_body = False
        self.uploads: dict[str, tuple[str, bytes]] = {}

    def routes(self) -> Sequence[Route]:
        """List the documented operations."""
        one = f"{_AT}/agreements/([^/]+)"
        return (
            Route(method="GET", pattern=f"{_AT}/baseUris", act=self.base),
            Route(method="POST", pattern=f"{_AT}/transientDocuments", act=self.upload),
            Route(method="POST", pattern=f"{_AT}/agreements", act=self.create),
            Route(method="GET", pattern=f"{_AT}/agreements", act=self.listed),
            Route(method="GET", pattern=one, act=self.show),
            Route(method="GET", pattern=f"{one}/members", act=self.members),
            Route(method="GET", pattern=f"{one}/events", act=self.history),
            Route(method="GET", pattern=f"{one}/documents", act=self.documents),
            Route(method="GET", pattern=f"{one}/formFields", act=self.fields),
            Route(method="PUT", pattern=f"{one}/formFields", act=self.lay),
            Route(method="PUT", pattern=f"{one}/state", act=self.change),
            Route(method="PUT", pattern=f"{one}/members/participantSets/([^/]+)", act=self.replace),
            Route(method="POST", pattern=f"{one}/reminders", act=self.remind),
            Route(method="GET", pattern=f"{one}/signingUrls", act=self.urls),
            Route(method="GET", pattern="/public/sign/([^/]+)", act=self.form, open=True),
            Route(method="GET", pattern=f"{one}/(combinedDocument|auditTrail)", act=self.file),
            Route(method="POST", pattern=f"{_AT}/webhooks", act=self.hook),
        )

    def account(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give the settings of this account; the secret in callbacks' address is the site's own."""
        secrets = {"integration_key": self.integration_key, "callback_secret": self.fresh()}
        return {"address": self.url, "client_id": self.client_id}, secrets

    def refuse_stranger(self, asked: Asked) -> None:
        """Ask for the integration key."""
        if asked.headers.get("authorization") != f"Bearer {self.integration_key}":
            raise refusal(401, "INVALID_ACCESS_TOKEN")
        if self.moved and not asked.path.endswith("/baseUris"):
            raise refusal(404, "INVALID_API_ACCESS_POINT")

    def base(self, asked: Asked) -> Answered:
        """Say where the account lives."""
        self.moved = False
        return Answered(body={"apiAccessPoint": f"{self.url}/", "webAccessPoint": f"{self.url}/"})

    # Making and sending --------------------------------------------------------------------------

    def upload(self, asked: Asked) -> Answered:
        """Take one file."""
        fields, files = asked.form()
        if set(fields) - {"File-Name", "Mime-Type"} or [it[0] for it in files] != ["File"]:
            self.fault("a file is handed over in another way than documented")
            raise refusal(400, "NO_FILE_CONTENT")
        number = self.fresh("T-")
        self.uploads[number] = (fields.get("File-Name", files[0][1]), files[0][2])
        return Answered(status=201, body={"transientDocumentId": number})

    def create(self, asked: Asked) -> Answered:
        """Create an agreement, to be authored."""
        envelope = Creation(self, self.uploads).envelope(asked)
        envelope.notes["processing"] = self.processing
        self.envelopes[envelope.id] = envelope
        return Answered(status=201, body={"id": envelope.id})

    def fields(self, asked: Asked, agreement_id: str) -> Answered:
        """Show the fields laid so far, with the mark to change them."""
        envelope = self.envelope(agreement_id)
        return Answered(body={"fields": []}, headers=self._mark_of(envelope))

    def lay(self, asked: Asked, agreement_id: str) -> Answered:
        """Lay the fields while the agreement is being authored."""
        envelope = self._match(asked, agreement_id)
        if standing(envelope) != "AUTHORING":
            raise refusal(403, "AGREEMENT_NOT_IN_AUTHORING")
        envelope.marks = Creation(self, self.uploads).marks(asked, envelope)
        return Answered(body={"fields": asked.json()["fields"]})

    def change(self, asked: Asked, agreement_id: str) -> Answered:
        """Send an authored agreement, or cancel one."""
        envelope, told = self._match(asked, agreement_id), asked.json()
        self.only(told, {"state", "agreementCancellationInfo"}, "a state")
        if told["state"] == "IN_PROCESS":
            if standing(envelope) != "AUTHORING" or not envelope.marks:
                raise refusal(403, "INVALID_STATE_TRANSITION")
            envelope.notes["state"] = "IN_PROCESS"
            envelope.sent_at = self.now()
            self.tell(envelope, Happening.SENT)
            return Answered(body=b"")
        if told["state"] != "CANCELLED" or envelope.ended is not None:
            raise refusal(403, "INVALID_STATE_TRANSITION")
        envelope.reason = told["agreementCancellationInfo"]["comment"]
        self.end(envelope, Ending.VOIDED)
        return Answered(body=b"")

    def hook(self, asked: Asked) -> Answered:
        """Take an address for callbacks about one agreement."""
        told = asked.json()
        known = {"name", "scope", "resourceType", "resourceId", "state", "webhookUrlInfo"}
        self.only(told, known | {"webhookSubscriptionEvents"}, "a webhook")
        if told["scope"] != "RESOURCE" or told["resourceId"] not in self.envelopes:
            raise refusal(400, "INVALID_WEBHOOK")
        self.callback_url = told["webhookUrlInfo"]["url"]
        return Answered(status=201, body={"id": self.fresh("W-")})

    # Reading -------------------------------------------------------------------------------------

    def listed(self, asked: Asked) -> Answered:
        """List agreements by our id, from an index that runs behind."""
        self.only(asked.query, {"externalId", "cursor", "pageSize"}, "a list")
        found = [
            {
                "id": item.id,
                "name": item.title,
                "status": LISTED.get(standing(item), standing(item)),
                "esign": True,
            }
            for item in self.envelopes.values()
            if item.key == asked.query.get("externalId")
            and self.now() >= item.notes["created"] + self.index_lag
        ]
        return Answered(body={"page": {}, "userAgreementList": found})

    def show(self, asked: Asked, agreement_id: str) -> Answered:
        """Show an agreement."""
        envelope = self.envelope(agreement_id)
        if envelope.notes["processing"]:
            envelope.notes["processing"] -= 1
            status = "DOCUMENTS_NOT_YET_PROCESSED"
        else:
            status = standing(envelope)
        body = {
            "id": envelope.id,
            "name": envelope.title,
            "status": envelope.notes.get("status", status),
            "externalId": {"id": envelope.key},
            "createdDate": say(envelope.sent_at),
            "signatureType": "ESIGN",
        }
        return Answered(body=body, headers=self._mark_of(envelope))

    def members(self, asked: Asked, agreement_id: str) -> Answered:
        """Show the participant sets."""
        envelope = self.envelope(agreement_id)
        return Answered(
            body={"participantSets": members(envelope)}, headers=self._mark_of(envelope)
        )

    def history(self, asked: Asked, agreement_id: str) -> Answered:
        """Tell what happened."""
        envelope = self.envelope(agreement_id)
        return Answered(body={"events": history(envelope)})

    def documents(self, asked: Asked, agreement_id: str) -> Answered:
        """List the files that were joined."""
        envelope = self.envelope(agreement_id)
        listed = [
            {
                "id": f"D{number}",
                "name": name,
                "mimeType": "application/pdf",
                "numPages": len(sheet_sizes(pdf)),
            }
            for number, (name, pdf) in enumerate(envelope.files)
        ]
        return Answered(body={"documents": listed})

    def file(self, asked: Asked, agreement_id: str, which: str) -> Answered:
        """Give the joined document, or the audit report, as they stand."""
        envelope = self.envelope(agreement_id)
        if which == "auditTrail":
            people = [f"{item.name} {item.email} {item.signed_at}" for item in envelope.people]
            return Answered(body=report("Audit report", [envelope.id, *people], self.title))
        if not envelope.sealed or envelope.seal_waits:
            envelope.seal_waits = max(0, envelope.seal_waits - 1)
            return Answered(body=joined([pdf for _, pdf in envelope.files]))
        return Answered(body=envelope.sealed[0])

    def seal(self, envelope: Envelope) -> list[bytes]:
        """Join the files and seal them as one."""
        lines, first = [], 0
        for number, (_, pdf) in enumerate(envelope.files):
            lines += [
                Written(page=item.page + first, x=item.x, y=item.y, text=item.text)
                for item in self.written(envelope, number)
            ]
            first += len(sheet_sizes(pdf))
        return [seal(joined([pdf for _, pdf in envelope.files]), lines, self.title)]

    # Acts in between -----------------------------------------------------------------------------

    def remind(self, asked: Asked, agreement_id: str) -> Answered:
        """Write to participants again."""
        envelope, told = self.envelope(agreement_id), asked.json()
        self.only(told, {"recipientParticipantIds", "status", "note"}, "a reminder")
        for number in told["recipientParticipantIds"]:
            person = envelope.person(number.removeprefix("M-"))
            if person not in envelope.turn:
                raise refusal(403, "INVALID_PARTICIPANT")
            person.reminded += 1
        return Answered(status=201, body={"id": self.fresh("R-")})

    def replace(self, asked: Asked, agreement_id: str, set_id: str) -> Answered:
        """Put another person into a participant set."""
        envelope, told = self._match(asked, agreement_id), asked.json()
        self.only(told, PARTICIPANT_SET, "a participant set")
        person = envelope.person(set_id)
        if envelope.ended is not None or person.done:
            raise refusal(403, "PARTICIPANT_ALREADY_COMPLETED")
        [member] = told["memberInfos"]
        envelope.notes.setdefault("replaced", {}).setdefault(person.id, []).append(person.email)
        person.email, person.name = member["email"], member.get("name", "")
        person.viewed_at = None
        return Answered(body=b"")

    def urls(self, asked: Asked, agreement_id: str) -> Answered:
        """Give the signing addresses of whose turn it is."""
        envelope = self.envelope(agreement_id)
        if envelope.ended is not None or self.preparing:
            self.preparing = max(0, self.preparing - 1)
            raise refusal(404, "AGREEMENT_NOT_SIGNABLE")
        urls = [
            {"email": one.email, "esignUrl": f"{self.pages_at or self.url}/public/sign/{one.id}"}
            for one in envelope.turn
        ]
        return Answered(body={"signingUrlSetInfos": [{"signingUrls": urls}]})

    def form(self, asked: Asked, number: str) -> Answered:
        """Show a participant's page to whoever has its address."""
        for envelope in self.envelopes.values():
            for one in envelope.people:
                if one.id == number:
                    return self.signing_page(envelope, one)
        raise self.unknown(number)

    # Callbacks and refusals ----------------------------------------------------------------------

    def letter(self, callback: Callback) -> Letter:
        """Write a notification; nothing of it is signed."""
        envelope = self.envelopes[callback.envelope_id]
        body = {
            "webhookId": "webhook",
            "webhookNotificationId": f"{envelope.id}-{callback.happening}-{callback.person}",
            "webhookScope": "RESOURCE",
            "event": EVENTS[callback.happening],
            "eventDate": say(callback.at),
            "eventResourceType": "agreement",
            "agreement": {
                "id": envelope.id,
                "name": envelope.title,
                "status": standing(envelope),
            },
        }
        headers = {"Content-Type": "application/json", "X-AdobeSign-ClientId": self.client_id}
        return Letter(url=self.callback_url, headers=headers, body=json.dumps(body).encode())

    def throttled(self) -> Refusal:
        """Say how long to wait, in the body and mostly in the header too."""
        told = {"code": "THROTTLING_TOO_MANY_REQUESTS", "message": "Slow down.", "retryAfter": 30}
        return Refusal(429, told, {} if self.waits_in_body else {"Retry-After": "30"})

    def unknown(self, what: str) -> Refusal:
        """Say that there is no such agreement."""
        return refusal(404, "INVALID_AGREEMENT_ID")

    def malformed(self) -> Refusal:
        """Say that a request is not as documented."""
        return refusal(400, "INVALID_JSON")

    def _match(self, asked: Asked, agreement_id: str) -> Envelope:
        """Ask for the mark of what is to be changed."""
        envelope = self.envelope(agreement_id)
        if asked.headers.get("if-match") != self._mark_of(envelope)["ETag"]:
            self.fault("a change comes without the mark of what it changes")
            raise refusal(412, "RESOURCE_MODIFIED")
        envelope.notes["etag"] += 1
        return envelope

    def _mark_of(self, envelope: Envelope) -> dict[str, str]:
        return {"ETag": f'"{envelope.id}-{envelope.notes["etag"]}"'}
