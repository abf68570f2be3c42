"""The request that creates a draft at Documenso; another one sends it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integrations.simulators.answers.documenso import KINDS, refusal
from integrations.simulators.envelope import Envelope, Mark, Person
from integrations.simulators.shapes.documenso import (
    DAYS,
    LARGEST_FILE,
    LONGEST_TITLE,
    MOST_FILES,
    field_is_sound,
    fits,
    hundredths,
    meta_is_sound,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Asked


class Creation:
    """Reads one request for its simulator."""

    def __init__(self, kit: Simulator) -> None:
        self._kit = kit

    def envelope(self, asked: Asked) -> Envelope:
        """Make an envelope of the request, or refuse."""
        fields, parts = asked.form()
        self._kit.documented(
            "the form has other parts than payload and files",
            holds=set(fields) == {"payload"} and all(name == "files" for name, _, _ in parts),
        )
        told = json.loads(fields["payload"])
        self._fits(told, "payload")
        files = self._files(parts)
        title, external = told["title"], told.get("externalId", "")
        short = 1 <= len(title) <= LONGEST_TITLE and len(external) <= LONGEST_TITLE
        if told["type"] != "DOCUMENT" or not short:
            raise self._kit.malformed()
        meta, now = told.get("meta", {}), self._kit.now()
        self._meta(meta)
        envelope = Envelope(
            id=self._kit.fresh("envelope_"),
            title=title,
            message=meta.get("message", ""),
            packet_id=[*external.split(":"), "", ""][2],
            key=external,
            people=[],
            files=files,
            marks=[],
            sent_at=now,
            quiet=meta.get("distributionMethod") == "NONE",
            return_url=meta.get("redirectUrl", ""),
            remind_every=_days(meta.get("reminderSettings", {}).get("repeatEvery")),
            notes={
                "meta": meta,
                "number": self._kit.number(),
                "created": now,
                "items": [self._kit.fresh("envelope_item_") for _ in files],
                "sizes": [hundredths(data) for _, data in files],
                "tokens": {},
                "places": {},
            },
        )
        together = meta.get("signingOrder") != "SEQUENTIAL"
        for one in told.get("recipients", []):
            person = self._person(envelope, one, together=together)
            envelope.people.append(person)
            envelope.marks += [
                self._mark(envelope, person, field) for field in one.get("fields", [])
            ]
        return envelope

    def _files(self, parts: Sequence[tuple[str, str, bytes]]) -> list[tuple[str, bytes]]:
        files = [(name, data) for _, name, data in parts]
        if not 1 <= len(files) <= MOST_FILES or any(len(it) > LARGEST_FILE for _, it in files):
            raise refusal(400, "ENVELOPE_ITEM_LIMIT_EXCEEDED")
        return files

    def _meta(self, told: Mapping[str, Any]) -> None:
        self._fits(told, "meta")
        periods = []
        if "reminderSettings" in told:
            self._fits(told["reminderSettings"], "reminderSettings")
            periods += list(told["reminderSettings"].values())
        if "envelopeExpirationPeriod" in told:
            periods.append(told["envelopeExpirationPeriod"])
        for period in periods:
            if period == {"disabled": True}:
                continue
            self._fits(period, "period")
            if period["unit"] not in DAYS or period["amount"] < 1:
                raise self._kit.malformed()
        self._kit.documented(
            "the settings of an envelope are not as documented", holds=meta_is_sound(told)
        )

    def _person(self, envelope: Envelope, one: Mapping[str, Any], *, together: bool) -> Person:
        self._fits(one, "recipient")
        if one["role"] != "SIGNER" or "@" not in one["email"]:
            raise self._kit.malformed()
        place = one.get("signingOrder", 1)
        person = Person(
            id=str(self._kit.number()),
            key="",
            name=one["name"],
            email=one["email"],
            order=1 if together else place,
        )
        envelope.notes["tokens"][person.id] = f"s3cret{self._kit.fresh()}"
        envelope.notes["places"][person.id] = place
        return person

    def _mark(self, envelope: Envelope, person: Person, told: Mapping[str, Any]) -> Mark:
        self._fits(told, "field")
        meta = told.get("fieldMeta", {"type": told["type"].lower()})
        self._fits(meta, "fieldMeta")
        number = told.get("identifier", 0)
        self._kit.documented(
            "a field is not as documented, or lies beyond its page",
            holds=field_is_sound(told, meta, len(envelope.files)),
        )
        sizes = envelope.notes["sizes"][number]
        if not 1 <= told["page"] <= len(sizes):
            raise self._kit.malformed()
        wide, tall = sizes[int(told["page"]) - 1]
        if told["type"] == "TEXT":
            person.title = meta.get("text", "")
        return Mark(
            kind=KINDS[told["type"]],
            person=person.id,
            file=number,
            page=int(told["page"]),
            x=told["positionX"] * wide,
            y=told["positionY"] * tall,
            width=told["width"] * wide,
            height=told["height"] * tall,
        )

    def _fits(self, told: object, shape: str) -> None:
        self._kit.documented(f"{shape} is not as documented", holds=fits(told, shape))


def expires_after(envelope: Envelope) -> timedelta | None:
    """Say how long an envelope runs from when it is sent; three months where nothing is said."""
    period = envelope.notes["meta"].get("envelopeExpirationPeriod", {"unit": "month", "amount": 3})
    return _days(period)


def _days(period: Mapping[str, Any] | None) -> timedelta | None:
    if period is None or period == {"disabled": True}:
        return None
    return timedelta(days=DAYS[period["unit"]] * period["amount"])
