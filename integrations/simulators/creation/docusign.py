"""The request that creates and sends an envelope at DocuSign."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from integrations.simulators.answers.docusign import refusal
from integrations.simulators.envelope import Envelope, Mark, Person
from integrations.simulators.shapes.docusign import (
    CUSTOM_FIELD,
    DOCUMENT,
    ENVELOPE,
    EXPIRATIONS,
    LONGEST_SUBJECT,
    LONGEST_VALUE,
    NOTIFICATION,
    REMINDERS,
    SIGNER,
    TAB,
    TABS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Asked

FOUND_FOR = timedelta(days=7)  # by its transaction


class Creation:
    """Reads one request for its simulator."""

    def __init__(self, kit: Simulator) -> None:
        self._kit = kit

    def envelope(self, asked: Asked) -> Envelope:
        """Make an envelope of the request, or refuse."""
        told = asked.json()
        self._kit.only(told, ENVELOPE, "an envelope")
        if told.get("status") != "sent" or not told.get("emailSubject"):
            raise refusal(400, "ENVELOPE_IS_INCOMPLETE")
        if len(told["emailSubject"]) > LONGEST_SUBJECT:
            raise refusal(400, "INVALID_REQUEST_PARAMETER")
        files = [self._file(number, one) for number, one in enumerate(told["documents"], start=1)]
        fields = self._custom(told["customFields"])
        signers = told["recipients"]["signers"]
        notification, now = told["notification"], self._kit.now()
        self._kit.only(notification, NOTIFICATION, "a notification")
        return Envelope(
            id=str(UUID(hex=self._kit.fresh(octets=16))),
            title=told["emailSubject"],
            message=told.get("emailBlurb", ""),
            packet_id=fields.get("packet_id", ""),
            key=told.get("transactionId", ""),
            people=[self._person(one) for one in signers],
            files=files,
            marks=[mark for one in signers for mark in self._marks(one, len(files))],
            sent_at=now,
            expires_at=self._expires(notification["expirations"]),
            remind_every=self._reminds(notification["reminders"]),
            quiet=all(one.get("clientUserId") for one in signers),
            notes={
                "fields": fields,
                "captive": {one["recipientId"]: one.get("clientUserId", "") for one in signers},
                "transaction_until": now + FOUND_FOR,
                "callback_url": self._callback_url(told["eventNotification"]),
            },
        )

    def _file(self, number: int, one: Mapping[str, Any]) -> tuple[str, bytes]:
        self._kit.only(one, DOCUMENT, "a document")
        if one["documentId"] != str(number) or one["fileExtension"] != "pdf":
            self._kit.fault("a document is numbered or named in another way than documented")
        return one["name"], base64.b64decode(one["documentBase64"], validate=True)

    def _custom(self, told: Mapping[str, Any]) -> dict[str, str]:
        fields = {}
        for one in told["textCustomFields"]:
            self._kit.only(one, CUSTOM_FIELD, "a custom field")
            if len(one["value"]) > LONGEST_VALUE:
                raise refusal(400, "INVALID_REQUEST_PARAMETER")
            fields[one["name"]] = one["value"]
        return fields

    def _person(self, one: Mapping[str, Any]) -> Person:
        self._kit.only(one, SIGNER, "a signer")
        self._texts(one, {"recipientId", "routingOrder", "name", "email"})
        if not one["recipientId"].isdecimal() or not one["routingOrder"].isdecimal():
            raise refusal(400, "INVALID_RECIPIENT_ID")
        if not one.get("tabs", {}).get("signHereTabs"):
            raise refusal(400, "RECIPIENT_HAS_NO_SIGNATURE_TABS")
        return Person(
            id=one["recipientId"],
            key=(one.get("customFields") or [""])[0],
            name=one["name"],
            email=one["email"],
            order=int(one["routingOrder"]),
        )

    def _marks(self, one: Mapping[str, Any], files: int) -> list[Mark]:
        self._kit.only(one["tabs"], TABS, "tabs")
        return [
            self._mark(kind, tab, one["recipientId"], files)
            for kind, tabs in one["tabs"].items()
            for tab in tabs
        ]

    def _mark(self, kind: str, tab: Mapping[str, Any], person: str, files: int) -> Mark:
        self._kit.only(tab, TAB, "a tab")
        self._texts(tab, set(tab))
        if not 1 <= int(tab["documentId"]) <= files:
            raise refusal(400, "INVALID_DOCUMENT_ID")
        # The vendor draws this far from where it is told to, by its own advice.
        right, down = (1, -7) if kind == "signHereTabs" else (-3, -2)
        return Mark(
            kind=TABS[kind],
            person=person,
            file=int(tab["documentId"]) - 1,
            page=int(tab["pageNumber"]),
            x=int(tab["xPosition"]) - right,
            y=int(tab["yPosition"]) - down,
        )

    def _expires(self, told: Mapping[str, Any]) -> datetime:
        self._kit.only(told, EXPIRATIONS, "an expiration")
        self._texts(told, set(told))
        return self._kit.now() + timedelta(days=int(told["expireAfter"]))

    def _reminds(self, told: Mapping[str, Any]) -> timedelta | None:
        self._kit.only(told, REMINDERS, "reminders")
        self._texts(told, set(told))
        enabled = told["reminderEnabled"] == "true"
        return timedelta(days=int(told["reminderFrequency"])) if enabled else None

    def _callback_url(self, told: Mapping[str, Any]) -> str:
        wanted = {"envelope-completed", "envelope-declined", "envelope-voided"}
        if not wanted <= set(told["events"]) or told.get("includeHMAC") != "true":
            self._kit.fault("the callbacks asked for leave something out")
        return str(told["url"])

    def _texts(self, told: Mapping[str, Any], names: set[str]) -> None:
        self._kit.documented(
            "a value is not text, as every value must be",
            holds=all(isinstance(told.get(name), str) for name in names),
        )
