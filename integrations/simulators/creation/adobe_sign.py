"""The two requests that make an agreement at Acrobat Sign: files and people, then fields."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from integrations.simulators.answers.adobe_sign import refusal
from integrations.simulators.envelope import Envelope, Mark, Person
from integrations.simulators.shapes.adobe_sign import (
    AGREEMENT,
    FIELD,
    FREQUENCIES,
    KINDS,
    PARTICIPANT_SET,
    PLACE,
    SEND_OPTIONS,
)
from integrations.simulators.sheets import sheet_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Asked

    Uploads = Mapping[str, tuple[str, bytes]]


class Creation:
    """Reads one request for its simulator, which holds the files that were handed over before."""

    def __init__(self, kit: Simulator, uploads: Uploads) -> None:
        self._kit = kit
        self._uploads = uploads

    def envelope(self, asked: Asked) -> Envelope:
        """Make an envelope of the request, or refuse."""
        told = asked.json()
        self._kit.only(told, AGREEMENT, "an agreement")
        if told.get("state") not in {"AUTHORING", "DRAFT", "IN_PROCESS"}:
            raise refusal(400, "INVALID_ARGUMENTS")
        name, now = told["name"], self._kit.now()
        return Envelope(
            id=self._kit.fresh("CBJCHBCAABAA", octets=16),
            title=name,
            message=told.get("message", ""),
            packet_id=name.rpartition("(")[2].rstrip(")"),
            key=(told.get("externalId") or {}).get("id", ""),
            people=self._people(told["participantSetsInfo"]),
            files=[self._file(one) for one in told["fileInfos"]],
            marks=[],
            sent_at=now,
            expires_at=datetime.fromisoformat(told["expirationTime"]),
            remind_every=self._reminds(told.get("reminderFrequency")),
            quiet=self._quiet(told.get("emailOption")),
            return_url=(told.get("postSignOption") or {}).get("redirectUrl", ""),
            notes={"state": told["state"], "created": now, "etag": 1},
        )

    def _file(self, one: Mapping[str, Any]) -> tuple[str, bytes]:
        try:
            return self._uploads[one["transientDocumentId"]]
        except KeyError as error:
            raise refusal(400, "INVALID_TRANSIENT_DOCUMENT_ID") from error

    def _people(self, sets: Sequence[Mapping[str, Any]]) -> list[Person]:
        orders = sorted({one["order"] for one in sets})
        if orders != list(range(1, len(orders) + 1)):
            self._kit.fault("orders do not count from 1")
            raise refusal(400, "INVALID_PARTICIPANT_ORDER")
        return [self._person(one) for one in sets]

    def _person(self, one: Mapping[str, Any]) -> Person:
        self._kit.only(one, PARTICIPANT_SET, "a participant set")
        [member] = one["memberInfos"]
        return Person(
            id=self._kit.fresh("CBJCHBCAABAA", octets=16),
            key=one["name"],
            name=member.get("name", ""),
            email=member["email"],
            order=one["order"],
        )

    def marks(self, asked: Asked, envelope: Envelope) -> list[Mark]:
        """Read where the fields of an agreement that is being authored lie, or refuse."""
        return [self._mark(one, envelope) for one in asked.json()["fields"]]

    def _mark(self, one: Mapping[str, Any], envelope: Envelope) -> Mark:
        self._kit.only(one, FIELD, "a field")
        [place] = one["locations"]
        self._kit.only(place, PLACE, "a place")
        if set(place) != PLACE or not all(isinstance(it, int | float) for it in place.values()):
            self._kit.fault("a place is not as documented")
            raise refusal(400, "INVALID_FORM_FIELD_LOCATION")
        file, page = _page(envelope, place["pageNumber"])
        return Mark(
            kind=KINDS[one["inputType"], one["contentType"]],
            person=envelope.person(one["assignee"]).id,
            file=file,
            page=page,
            x=place["left"],
            y=place["top"],
            width=place["width"],
            height=place["height"],
        )

    def _quiet(self, told: Mapping[str, Any] | None) -> bool:
        """Say whether nobody is written to before the end."""
        if told is None:
            return False
        self._kit.only(told, {"sendOptions"}, "an e-mail option")
        options = told["sendOptions"]
        self._kit.only(options, SEND_OPTIONS, "sending options")
        self._kit.documented(
            "a sending option is another word than documented",
            holds=set(options.values()) <= {"ALL", "NONE"},
        )
        return all(options.get(name) == "NONE" for name in ("initEmails", "inFlightEmails"))

    def _reminds(self, frequency: str | None) -> timedelta | None:
        if frequency is None:
            return None
        if frequency not in FREQUENCIES:
            self._kit.fault("reminders come in a frequency that is not documented")
            raise refusal(400, "INVALID_ARGUMENTS")
        return timedelta(days=FREQUENCIES[frequency])


def _page(envelope: Envelope, number: int) -> tuple[int, int]:
    """Find the file, and the page in it, of a page of the joined document."""
    for file, (_, pdf) in enumerate(envelope.files):
        count = len(sheet_sizes(pdf))
        if number <= count:
            return file, number
        number -= count
    raise refusal(400, "INVALID_FORM_FIELD_LOCATION")
